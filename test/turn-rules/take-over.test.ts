import { beforeEach, describe, expect, test } from 'vitest'
import { beginCall, finishCall } from '../../server/store/tool-calls.ts'
import { flushDeltas } from '../../server/store/turn-deltas.ts'
import { cancelTurn } from '../../server/store/turn-steering.ts'
import { finishTurn } from '../../server/store/turns.ts'
import { beat } from '../../server/turns/pulse.ts'
import { OtherInstance } from '../support/other-instance.ts'
import { openPostOffice } from '../support/post-office.ts'
import { textStream, toolCallStream } from '../support/replay-answers.ts'
import {
  follow,
  holdTurn,
  instructionsOf,
  messagesOf,
  patiently,
  promptOf,
  sayWatching,
  turnOf,
} from '../support/replayed-server.ts'
import { ann, shareReplayedServer, world } from '../support/shared-replayed-server.ts'

const post = openPostOffice()
let other: OtherInstance
shareReplayedServer({ agent: post.agent })
beforeEach(async () => {
  post.letters.length = 0
  other = await OtherInstance.begin(db())
})

const db = () => world.server.context.db
const engine = () => world.server.context.engine
const say = (...words: string[]) => world.replay.enqueue(words.map(word => textStream(word)))

/** The other process dies, and this one's next beat comes. */
async function dieAndBeat(): Promise<void> {
  await other.die()
  await beat(engine())
}

const addTask = (title: string) => ({
  name: 'add_task',
  arguments: { title },
  effect: 'transaction' as const,
})
const sendLetter = (to: string) => ({
  name: 'send_letter',
  arguments: { to },
  effect: 'external' as const,
})

const titles = async () =>
  (await ann.call('GET', '/tasks')).body.map((task: { title: string }) => task.title).sort()

const storedTurn = async (id: string) => {
  const [turn] = await db().query<{ attempts: number; epoch: number; owner: string | null; status: string }>(
    'select attempts, epoch, owner, status from colloquy.turns where id = $1',
    [id],
  )
  return turn
}

describe('a turn whose process died', () => {
  test('is answered here, by the message and the time that were accepted there', async () => {
    const turn = await other.accept(ann, 'Hello')
    say('Hello to you')
    await dieAndBeat()
    const done = await (await follow(ann, turn.id)).ended
    expect(done).toMatchObject({ status: 'completed', response: 'Hello to you' })
    expect(promptOf(await world.replay.request(0))).toEqual(['user: Hello'])
    expect(instructionsOf(await world.replay.request(0))).toContain(`${turn.context.now} in UTC`)
    expect((await messagesOf(ann, turn.conversation_id)).map(message => message.content)).toEqual([
      'Hello',
      'Hello to you',
    ])
    expect(await storedTurn(turn.id)).toMatchObject({ attempts: 1, epoch: 2 })
  })

  test('months ago is out of time, and keeps neither others from being taken over nor a server from starting', async () => {
    const turn = await other.accept(ann, 'Hello')
    const next = await other.accept(ann, 'Hello again')
    await db().query("update colloquy.turns set started_at = now() - interval '60 days' where id = $1", [
      turn.id,
    ])
    world.replay.otherwise(textStream('Hello to you'))
    await dieAndBeat()
    expect((await (await follow(ann, next.id)).ended).response).toBe('Hello to you')
    expect(await (await follow(ann, turn.id)).ended).toMatchObject({
      status: 'failed',
      error: { code: 'agent_timeout' },
    })
  })

  test('and that cannot be taken up keeps no other waiting, nor a server from starting', async () => {
    const turn = await other.accept(ann, 'Hello')
    const next = await other.accept(ann, 'Hello again')
    await db().script(`
      alter function colloquy.take_up_turn_v1(text, uuid, uuid, int) rename to take_up_away;
      create function colloquy.take_up_turn_v1(_user text, _turn uuid, _owner uuid, _window int) returns json
      language plpgsql as $$ begin
        if _turn = '${turn.id}' then raise exception 'broken'; end if;
        return colloquy.take_up_away(_user, _turn, _owner, _window);
      end $$`)
    say('Hello to you')
    await dieAndBeat()
    expect((await (await follow(ann, next.id)).ended).response).toBe('Hello to you')
    await db().script(`
      drop function colloquy.take_up_turn_v1(text, uuid, uuid, int);
      alter function colloquy.take_up_away(text, uuid, uuid, int) rename to take_up_turn_v1`)
    say('Here I am')
    expect((await (await follow(ann, turn.id)).ended).response).toBe('Here I am')
  })

  test('goes on where its journal ends: what has a result is not done again, what has none is done once', async () => {
    const turn = await other.accept(ann, 'Add A and B')
    const [first = ''] = await other.journal(turn, { text: 'Adding.', calls: [addTask('A'), addTask('B')] })
    const fence = other.fenceOf(turn)
    await beginCall(db(), fence, first)
    await finishCall(db(), fence, {
      callId: first,
      status: 'completed',
      result: { task_id: 1, status: 'created' },
    })
    say('Both added.')
    await dieAndBeat()
    const done = await (await follow(ann, turn.id)).ended
    expect(done.response).toBe('Adding.\n\nBoth added.')
    expect(done.tool_calls.map(call => call.status)).toEqual(['completed', 'completed'])
    expect(await titles(), 'A was only told to be added').toEqual(['B'])
    expect(promptOf(await world.replay.request(0))).toEqual([
      'user: Add A and B',
      'assistant: Adding.',
      'calls: add_task {"title":"A"}',
      'calls: add_task {"title":"B"}',
      expect.stringContaining('"task_id":1'),
      expect.stringContaining('"title":"B"'),
    ])
    expect(done.usage, 'of all steps, whoever took them').toEqual({ input_tokens: 20, output_tokens: 10 })
  })

  test('does not repeat what was begun outside of the database: its outcome is unknown, and all are told', async () => {
    const turn = await other.accept(ann, 'Write to Bob and Eve')
    const [toBob = ''] = await other.journal(turn, { calls: [sendLetter('Bob'), sendLetter('Eve')] })
    await beginCall(db(), other.fenceOf(turn), toBob)
    say('I do not know about Bob.')
    await dieAndBeat()
    const done = await (await follow(ann, turn.id)).ended
    expect(done.tool_calls.map(call => call.status)).toEqual(['unknown', 'completed'])
    expect(post.letters.map(letter => letter.to)).toEqual(['Eve'])
    expect(promptOf(await world.replay.request(0)).join()).toContain('not known whether this took effect')
  })

  test('runs again what has no effect', async () => {
    const turn = await other.accept(ann, 'How many letters?')
    const [count = ''] = await other.journal(turn, {
      calls: [{ name: 'count_letters', arguments: {}, effect: 'none' }],
    })
    await beginCall(db(), other.fenceOf(turn), count)
    say('None.')
    await dieAndBeat()
    const done = await (await follow(ann, turn.id)).ended
    expect(done.tool_calls).toMatchObject([{ status: 'completed', result: { letters: 0 } }])
  })

  test('is left alone while its process lives', async () => {
    const turn = await other.accept(ann, 'Hello')
    await beat(engine())
    expect(await storedTurn(turn.id)).toMatchObject({ owner: other.id, epoch: 1 })
    expect(world.replay.requests).toEqual([])
    say('Hello to you')
    await dieAndBeat()
    await (await follow(ann, turn.id)).ended
  })

  test('brings what waited behind it along', async () => {
    const turn = await other.accept(ann, 'First')
    const second = await sayWatching(ann, 'Second', turn.conversation_id)
    say('1st answer', '2nd answer')
    await dieAndBeat()
    expect(await second.ended).toMatchObject({ status: 'completed', response: '2nd answer' })
    expect((await turnOf(ann, turn.id)).response).toBe('1st answer')
  })

  test('has no more time than it would have had: the limit runs from its start', async () => {
    const turn = await other.accept(ann, 'Hello')
    await db().query(
      "update colloquy.turns set started_at = started_at - interval '301 seconds' where id = $1",
      [turn.id],
    )
    await dieAndBeat()
    const done = await (await follow(ann, turn.id)).ended
    expect(done).toMatchObject({ status: 'failed', error: { code: 'agent_timeout' } })
  })

  test('is given up when it has outlived three processes, and the next one begins', async () => {
    const turn = await other.accept(ann, 'Kill them all')
    const second = await sayWatching(ann, 'Second', turn.conversation_id)
    for (const attempts of [1, 2]) {
      const before = other
      other = await OtherInstance.begin(db())
      expect(await other.takeOver(ann.userId, before.id)).toMatchObject([{ id: turn.id, attempts }])
    }
    say('2nd answer')
    await dieAndBeat()
    expect(await (await follow(ann, turn.id)).ended).toMatchObject({
      status: 'failed',
      error: { code: 'agent_unavailable' },
    })
    expect(await second.ended).toMatchObject({ status: 'completed', response: '2nd answer' })
    expect(world.replay.requests.map(promptOf)).toEqual([
      ['user: Kill them all', 'assistant: (This answer failed before it was complete.)', 'user: Second'],
    ])
  })

  test('was released by it and not lost: that does not count as an attempt', async () => {
    const turn = await other.accept(ann, 'Hello')
    await db().query('select colloquy.release_instance_v1($1)', [other.id])
    say('Hello to you')
    await beat(engine())
    expect((await (await follow(ann, turn.id)).ended).status).toBe('completed')
    expect(await storedTurn(turn.id)).toMatchObject({ attempts: 0, epoch: 3 })
  })
})

describe('a turn that was asked to stop before its process died', () => {
  test('is cancelled here without asking the model, and keeps what was written down', async () => {
    const turn = await other.accept(ann, 'Add A')
    await other.journal(turn, { text: 'Adding.', calls: [addTask('A')] })
    await cancelTurn(db(), { userId: ann.userId, turnId: turn.id })
    await dieAndBeat()
    expect(await (await follow(ann, turn.id)).ended).toMatchObject({
      status: 'cancelled',
      response: 'Adding.',
      tool_calls: [{ status: 'dropped' }],
    })
    expect(world.replay.requests).toEqual([])
    expect(await titles()).toEqual([])
  })

  test('keeps the text that it had let out', async () => {
    const turn = await other.accept(ann, 'Tell me')
    const delta = { user_id: ann.userId, turn_id: turn.id, epoch: turn.epoch, step: 1, part: 0 }
    await flushDeltas(db(), [
      { ...delta, seq: 1, kind: 'text', delta: 'Once ' },
      { ...delta, seq: 2, kind: 'text', delta: 'upon' },
    ])
    await cancelTurn(db(), { userId: ann.userId, turnId: turn.id })
    await dieAndBeat()
    expect(await (await follow(ann, turn.id)).ended).toMatchObject({
      status: 'cancelled',
      response: 'Once upon',
    })
    expect((await messagesOf(ann, turn.conversation_id)).at(-1)).toMatchObject({
      content: 'Once upon',
      status: 'cancelled',
    })
  })
})

describe('a process that lost its turn without noticing', () => {
  test('writes no answer: followers here are shown the one of the new owner', async () => {
    const turn = await holdTurn(world, ann, { answer: textStream('Half', ' of it'), after: 1 })
    await turn.until(view => view.text === 'Half')
    const [taken] = await other.takeOver(ann.userId, engine().instanceId)
    if (!taken) throw new Error('Nothing was taken over')
    turn.release()
    await turn.until(view => view.text === '')
    const finished = await finishTurn(db(), other.fenceOf(taken), {
      conversationId: turn.conversation,
      status: 'completed',
      messageId: taken.id,
      content: 'All of it',
      parts: undefined,
      usage: { input_tokens: 1, output_tokens: 1 },
      model: 'offline',
      error: undefined,
      nextOwner: other.id,
      historyMessages: 40,
    })
    expect(finished.finished).toBe(true)
    expect(await turn.ended).toMatchObject({ status: 'completed', response: 'All of it' })
    expect(turn.view.text).toBe('All of it')
    expect((await messagesOf(ann, turn.conversation)).map(message => message.content)).toEqual([
      'First',
      'All of it',
    ])
  })

  test('carries out no tool: what its model decides after the loss is not even written down', async () => {
    const answer = toolCallStream('add_task', { title: 'A' })
    const turn = await holdTurn(world, ann, { answer })
    await other.takeOver(ann.userId, engine().instanceId)
    turn.release()
    await expect.poll(() => engine().live.has(turn.turn), patiently).toBe(false)
    expect(await turnOf(ann, turn.turn)).toMatchObject({ status: 'running', tool_calls: [] })
    expect(await titles()).toEqual([])
    say('Second try.')
    await dieAndBeat()
    expect(await turn.ended).toMatchObject({ status: 'completed', response: 'Second try.', tool_calls: [] })
  })

  test('and gets it back stops what it was still doing for it: one run, one answer', async () => {
    const turn = await holdTurn(world, ann, { answer: textStream('Half', ' of it'), after: 1 })
    await turn.until(view => view.text === 'Half')
    await other.takeOver(ann.userId, engine().instanceId)
    say('All of it')
    await dieAndBeat()
    expect(await turn.ended).toMatchObject({ status: 'completed', response: 'All of it' })
    expect(turn.view.text).toBe('All of it')
    expect(await (await world.replay.request(0)).closed).toBe('early')
    expect(await storedTurn(turn.turn)).toMatchObject({ attempts: 2, epoch: 3 })
    turn.release()
  })
})

test('an answer that was handed to this process and never arrived is taken up again', async () => {
  const turn = await other.accept(ann, 'Hello')
  say('Hello to you')
  await db().query(
    "update colloquy.turns set owner = $1, started_at = started_at - interval '4 seconds' where id = $2",
    [engine().instanceId, turn.id],
  )
  await beat(engine())
  expect((await (await follow(ann, turn.id)).ended).response).toBe('Hello to you')
  expect(await storedTurn(turn.id), 'nobody has died of it').toMatchObject({ attempts: 0 })
})
