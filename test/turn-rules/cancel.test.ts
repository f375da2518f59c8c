import { beforeEach, expect, inject, test } from 'vitest'
import { openPostOffice } from '../support/post-office.ts'
import { reasoning, stream, text, textStream, toolCall, toolCallStream } from '../support/replay-answers.ts'
import { freshUser, holdTurn, messagesOf, promptOf, sayWatching, turnOf } from '../support/replayed-server.ts'
import { ann, shareReplayedServer, world } from '../support/shared-replayed-server.ts'

const post = openPostOffice()
shareReplayedServer({ agent: post.agent })
beforeEach(async () => {
  post.letters.length = 0
})

const cancel = (turn: string, client = ann) => client.call('PUT', `/turns/${turn}/cancellation`)

const closings = () => Promise.all(world.replay.requests.map(request => request.closed))

test('before the first word: no text, a cancelled answer, and the request to the model is closed', async () => {
  const { turn, conversation, ended, release } = await holdTurn(world, ann)
  expect(await cancel(turn)).toMatchObject({ status: 200, body: { status: 'cancelled', response: '' } })
  expect(await ended).toMatchObject({ status: 'cancelled', response: '', tool_calls: [] })
  expect(await closings()).toEqual(['early'])
  expect(await messagesOf(ann, conversation)).toMatchObject([
    { seq: 1, role: 'user', content: 'First' },
    { seq: 2, role: 'assistant', content: '', status: 'cancelled' },
  ])
  release()
})

test('in the middle of the text: what was said is kept, shown and known to the model afterwards', async () => {
  const answer = textStream('Half', ' an answer')
  const { turn, conversation, ended, until, release } = await holdTurn(world, ann, { answer, after: 1 })
  await until(view => view.text === 'Half')
  expect((await cancel(turn)).body).toMatchObject({ status: 'cancelled', response: 'Half' })
  expect(await ended).toMatchObject({ status: 'cancelled', response: 'Half' })
  expect(await closings()).toEqual(['early'])
  world.replay.enqueue([textStream('Again.')])
  await ann.say('Go on', conversation)
  expect(promptOf(await world.replay.request(1))).toEqual([
    'user: First',
    'assistant: Half\n\n(The user stopped this answer.)',
    'user: Go on',
  ])
  release()
})

test('with reasoning before the text, both are kept apart', async () => {
  const answer = stream(reasoning('Hm', 'm'), text('So', ' it is'))
  const { turn, view, until, release } = await holdTurn(world, ann, { answer, after: 3 })
  await until(({ text: shown }) => shown === 'So')
  expect((await cancel(turn)).body).toMatchObject({ status: 'cancelled', response: 'So' })
  expect(view.parts).toMatchObject([
    { type: 'reasoning', text: 'Hmm' },
    { type: 'text', text: 'So' },
  ])
  release()
})

test('while a tool works outside: it is told to stop, its outcome is unknown, and nothing behind it runs', async () => {
  const held = post.holdNext()
  const step = [toolCall('send_letter', { to: 'Bob' }), toolCall('send_letter', { to: 'Eve' })]
  world.replay.enqueue([stream(text('One moment.'), ...step)])
  const { turn, ended, view } = await sayWatching(ann, 'Write to both')
  const letter = await held.reached
  const cancelled = await cancel(turn)
  expect(letter.context.signal.aborted).toBe(true)
  expect(cancelled.body).toMatchObject({ status: 'cancelled', response: 'One moment.' })
  const calls = cancelled.body.tool_calls.map((call: { status: string }) => call.status)
  expect(calls).toEqual(['unknown', 'dropped'])
  expect(
    (await ended).tool_calls.map(call => call.status),
    'followers are told what is stored',
  ).toEqual(calls)
  expect(view.status).toBe('cancelled')
  held.release()
  expect(post.letters.map(({ to }) => to)).toEqual(['Bob'])
  expect(world.replay.requests, 'the model is not asked again').toHaveLength(1)
})

test('between two steps: what the tools did stays', async () => {
  await ann.call('POST', '/tasks', { title: 'Tea' })
  world.replay.enqueue([stream(toolCall('complete_task', { task_id: 1 }))])
  const { turn, conversation, ended, release } = await holdTurnInSecondStep()
  expect((await cancel(turn)).body).toMatchObject({
    status: 'cancelled',
    response: 'Now',
    tool_calls: [{ name: 'complete_task', status: 'completed' }],
  })
  expect((await ended).tool_calls).toMatchObject([{ status: 'completed' }])
  expect((await ann.call('GET', '/tasks/1')).body.completed).toBe(true)
  expect((await messagesOf(ann, conversation)).at(-1)).toMatchObject({
    status: 'cancelled',
    content: 'Now',
    tool_calls: [{ status: 'completed' }],
  })
  expect(await closings()).toEqual(['complete', 'early'])
  release()
})

async function holdTurnInSecondStep() {
  const turn = await holdTurn(world, ann, { answer: textStream('Now', ' then'), after: 1 })
  await turn.until(view => view.text === 'Now')
  return turn
}

test('more than once, or when all is over, changes nothing more', async () => {
  const { turn, ended, release } = await holdTurn(world, ann)
  const answers = await Promise.all([cancel(turn), cancel(turn), cancel(turn)])
  expect(answers.map(answer => answer.body.status)).toEqual(['cancelled', 'cancelled', 'cancelled'])
  await ended
  expect(await cancel(turn)).toMatchObject({ status: 200, body: { status: 'cancelled' } })
  release()

  world.replay.enqueue([textStream('Done.')])
  const { body: done } = await ann.say('Hi')
  const before = await turnOf(ann, done.turn_id)
  expect(await cancel(done.turn_id)).toMatchObject({ status: 200, body: before })
})

test('lets the next message that waits begin', async () => {
  const first = await holdTurn(world, ann)
  const second = await sayWatching(ann, 'Second', first.conversation)
  world.replay.enqueue([textStream('2nd answer')])
  await cancel(first.turn)
  expect(await second.ended).toMatchObject({ status: 'completed', response: '2nd answer' })
  first.release()
})

test("is nobody else's: another user's turn, or none at all, is not found and goes on", async () => {
  const { turn, ended, release } = await holdTurn(world, ann)
  const bob = await freshUser(world)
  expect(await cancel(turn, bob)).toMatchObject({ status: 404, body: { code: 'turn_not_found' } })
  expect((await cancel('0199a000-0000-7000-8000-000000000000')).status).toBe(404)
  release()
  expect((await ended).status).toBe('completed')
})

test('is a row before it is a signal: a turn that was asked to stop elsewhere stops at the next beat', async () => {
  const { turn, ended, release } = await holdTurn(world, ann)
  await world.server.context.db.query('select colloquy.cancel_turn_v1($1, $2)', [ann.userId, turn])
  expect((await ended).status).toBe('cancelled')
  expect(await closings()).toEqual(['early'])
  release()
})

test('that was asked for elsewhere before a question was put: nobody is asked any more', async () => {
  await ann.call('POST', '/tasks', { title: 'Tea' })
  const answer = toolCallStream('delete_task', { task_id: 1 })
  const { turn, conversation, ended, release } = await holdTurn(world, ann, { answer })
  await world.server.context.db.query('select colloquy.cancel_turn_v1($1, $2)', [ann.userId, turn])
  release()
  expect((await ended).status).toBe('cancelled')
  expect(await turnOf(ann, turn)).toMatchObject({ status: 'cancelled' })
  expect((await messagesOf(ann, conversation)).at(-1)).toMatchObject({ status: 'cancelled' })
  world.replay.enqueue([textStream('Yes to what?')])
  expect((await ann.say('yes', conversation)).body.tool_calls).toEqual([])
  expect((await ann.call('GET', '/tasks/1')).status).toBe(200)
})

// The embedded engine has one connection: whoever holds a turn there holds everything.
test.skipIf(inject('engine') === 'pglite')(
  'does not hold the conversation while a tool holds the turn',
  async () => {
    const { db } = world.server.context
    const { turn, conversation, ended, release } = await holdTurn(world, ann)
    world.replay.otherwise(textStream('2nd answer'))
    const cancelled = await db.transaction(async tx => {
      await tx.query('select from colloquy.turns where id = $1 for no key update', [turn])
      const cancelling = cancel(turn)
      const waiting = () =>
        db.query(
          "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
        )
      await expect.poll(waiting, { timeout: 30_000, interval: 10 }).toHaveLength(1)
      await sayWatching(ann, 'Second', conversation)
      return { cancelling }
    })
    expect((await cancelled.cancelling).status).toBe(200)
    expect((await ended).status).toBe('cancelled')
    release()
  },
)
