import { describe, expect, test } from 'vitest'
import { failure, textStream, toolCallStream } from '../support/replay-answers.ts'
import { freshUser, holdTurn, promptOf, readingOf, sayWatching, turnOf } from '../support/replayed-server.ts'
import { ann, shareReplayedServer, world } from '../support/shared-replayed-server.ts'

shareReplayedServer()

/** A conversation in which every message `X` was answered `re X`; its turns in order. */
async function converse(...messages: string[]): Promise<{ conversation: string; turns: string[] }> {
  let conversation: string | undefined
  const turns = []
  for (const message of messages) {
    world.replay.enqueue([textStream(`re ${message}`)])
    const { body } = await ann.say(message, conversation)
    conversation = body.conversation_id
    turns.push(body.turn_id)
  }
  world.replay.requests.length = 0
  return { conversation: conversation ?? '', turns }
}

const again = (turn: string | undefined, message?: string, headers?: Record<string, string>) =>
  ann.call('POST', `/turns/${turn}/versions`, message === undefined ? {} : { message }, headers)

const read = (conversation: string, turn: string | undefined) =>
  ann.call('PUT', `/conversations/${conversation}/head`, { turn_id: turn })

const contentsOf = async (conversation: string) =>
  (await readingOf(ann, conversation)).map(line => line.replace(/^\d+ \w+: /, ''))

/** In both tables what is live is the path that ends at the conversation's head, and nothing else. */
async function expectLiveIsPathOfHead(): Promise<void> {
  const wrong = await world.server.context.db.query(
    `with recursive path as (
       select t.user_id, t.id, t.parent_turn from colloquy.turns t
         join colloquy.conversations c on c.user_id = t.user_id and c.head_turn = t.id where t.user_id = $1
       union all
       select t.user_id, t.id, t.parent_turn from colloquy.turns t join path p on p.parent_turn = t.id and p.user_id = t.user_id)
     select id, 'turn' as what from colloquy.turns
      where user_id = $1 and live <> (id in (select id from path))
     union all
     select id, 'message' from colloquy.messages
      where user_id = $1 and live <> (turn_id in (select id from path))`,
    [ann.userId],
  )
  expect(wrong).toEqual([])
}

describe('another answer to the last message', () => {
  test('takes the place of the first, which is kept; the model does not see that one', async () => {
    const { conversation, turns } = await converse('A', 'B')
    world.replay.enqueue([textStream('better')])
    const { status, body } = await again(turns[1])
    expect([status, body.status, body.response]).toEqual([200, 'completed', 'better'])
    expect(promptOf(await world.replay.request(0))).toEqual(['user: A', 'assistant: re A', 'user: B'])
    expect(await readingOf(ann, conversation)).toEqual([
      '1 user: A',
      '2 assistant: re A',
      '5 user: B',
      '6 assistant: better',
    ])
    const versions = await ann.call('GET', `/turns/${turns[1]}/versions`)
    expect(versions.body).toMatchObject([
      { id: turns[1], live: false, parent_turn_id: turns[0], message: 'B', response: 're B' },
      { id: body.turn_id, live: true, parent_turn_id: turns[0], message: 'B', response: 'better' },
    ])
    expect((await ann.call('GET', `/turns/${body.turn_id}/versions`)).body).toEqual(versions.body)
    await expectLiveIsPathOfHead()
  })

  test('is how a failed turn is tried again', async () => {
    world.replay.enqueue([failure(400)])
    const failed = await ann.say('A')
    expect(failed).toMatchObject({ status: 503, body: { code: 'agent_unavailable' } })
    world.replay.enqueue([textStream('now')])
    expect((await again(failed.body.turn_id)).body.response).toBe('now')
    expect(await contentsOf(failed.body.conversation_id)).toEqual(['A', 'now'])
    expect(promptOf(await world.replay.request(1))).toEqual(['user: A'])
  })

  test('asked for twice under one key is one version', async () => {
    const { turns } = await converse('A')
    world.replay.enqueue([textStream('better')])
    const key = { 'idempotency-key': 'again' }
    const first = await again(turns[0], undefined, key)
    expect((await again(turns[0], undefined, key)).body).toEqual(first.body)
    expect(await again(turns[0], 'Another text', key)).toMatchObject({
      status: 422,
      body: { code: 'idempotency_mismatch' },
    })
    expect((await ann.call('GET', `/turns/${turns[0]}/versions`)).body).toHaveLength(2)
  })
})

describe('a message that is changed and sent again', () => {
  test('begins another path from where it stood; what followed is kept and not read', async () => {
    const { conversation, turns } = await converse('A', 'B', 'C')
    world.replay.enqueue([textStream('re B2'), textStream('re D')])
    const { body } = await again(turns[1], 'B2')
    expect(promptOf(await world.replay.request(0))).toEqual(['user: A', 'assistant: re A', 'user: B2'])
    expect(await contentsOf(conversation)).toEqual(['A', 're A', 'B2', 're B2'])
    await ann.say('D', conversation)
    expect(promptOf(await world.replay.request(1))).toEqual([
      'user: A',
      'assistant: re A',
      'user: B2',
      'assistant: re B2',
      'user: D',
    ])
    expect(await turnOf(ann, turns[2] ?? '')).toMatchObject({ live: false, response: 're C' })
    expect(await turnOf(ann, body.turn_id)).toMatchObject({ live: true, parent_turn_id: turns[0] })
    await expectLiveIsPathOfHead()
  })

  test('may be the very first', async () => {
    const { conversation, turns } = await converse('A', 'B')
    world.replay.enqueue([textStream('re A2')])
    await again(turns[0], 'A2')
    expect(await contentsOf(conversation)).toEqual(['A2', 're A2'])
    expect((await ann.call('GET', `/turns/${turns[0]}/versions`)).body).toHaveLength(2)
    await expectLiveIsPathOfHead()
  })
})

describe('switching', () => {
  test('to a version reads the newest of what followed it, and the conversation goes on from there', async () => {
    const { conversation, turns } = await converse('A', 'B', 'C')
    world.replay.enqueue([textStream('re B2')])
    const { body: second } = await again(turns[1], 'B2')

    expect(await read(conversation, turns[1])).toMatchObject({
      status: 200,
      body: { head_turn_id: turns[2] },
    })
    expect(await contentsOf(conversation)).toEqual(['A', 're A', 'B', 're B', 'C', 're C'])
    await expectLiveIsPathOfHead()

    world.replay.requests.length = 0
    world.replay.enqueue([textStream('re D')])
    const { body: fourth } = await ann.say('D', conversation)
    expect(promptOf(await world.replay.request(0))).toEqual([
      'user: A',
      'assistant: re A',
      'user: B',
      'assistant: re B',
      'user: C',
      'assistant: re C',
      'user: D',
    ])

    expect((await read(conversation, second.turn_id)).body).toEqual({ head_turn_id: second.turn_id })
    expect(await contentsOf(conversation)).toEqual(['A', 're A', 'B2', 're B2'])
    expect((await read(conversation, turns[0])).body, 'the newest of all').toEqual({
      head_turn_id: fourth.turn_id,
    })
    await expectLiveIsPathOfHead()
  })

  test('to the version that is read changes nothing, and nothing is lost by going to and fro', async () => {
    const { conversation, turns } = await converse('A', 'B')
    const before = await readingOf(ann, conversation)
    await read(conversation, turns[1])
    expect(await readingOf(ann, conversation)).toEqual(before)
    world.replay.enqueue([textStream('re A2')])
    const { body } = await again(turns[0], 'A2')
    await read(conversation, turns[0])
    expect(await readingOf(ann, conversation)).toEqual(before)
    await read(conversation, body.turn_id)
    expect(await contentsOf(conversation)).toEqual(['A2', 're A2'])
    await expectLiveIsPathOfHead()
  })

  test('to what is not a turn of this conversation that ran is refused', async () => {
    const { conversation, turns } = await converse('A')
    const other = await converse('B')
    expect((await read(conversation, other.turns[0])).status).toBe(404)
    expect((await read(other.conversation, turns[0])).status).toBe(404)
    expect((await read(conversation, '0199a000-0000-7000-8000-000000000000')).status).toBe(404)
    const bob = await freshUser(world)
    const foreign = await bob.call('PUT', `/conversations/${conversation}/head`, { turn_id: turns[0] })
    expect(foreign.status).toBe(404)
  })
})

describe('while a turn runs, and while one waits', () => {
  test('answering again, editing and switching are refused as busy', async () => {
    const { conversation, turns } = await converse('A')
    const running = await holdTurn(world, ann, { conversation })
    const busy = { status: 409, body: { code: 'conversation_busy' } }
    expect(await again(turns[0])).toMatchObject(busy)
    expect(await again(turns[0], 'A2')).toMatchObject(busy)
    expect(await read(conversation, turns[0])).toMatchObject(busy)
    const waiting = await sayWatching(ann, 'B', conversation)
    expect(await again(waiting.turn, 'B2')).toMatchObject(busy)
    world.replay.enqueue([textStream('re B')])
    running.release()
    await waiting.ended
    expect(await contentsOf(conversation)).toEqual(['A', 're A', 'First', 'First answer', 'B', 're B'])
    await expectLiveIsPathOfHead()
  })
})

describe('while one awaits approval', () => {
  async function asking() {
    const { conversation, turns } = await converse('A')
    await ann.call('POST', '/tasks', { title: 'Tea' })
    world.replay.enqueue([toolCallStream('delete_task', { task_id: 1 })])
    const { body } = await ann.say('Delete Tea', conversation)
    expect(body.status).toBe('awaiting_approval')
    return { conversation, turns: [...turns, body.turn_id] }
  }
  const dropped = { status: 'completed', tool_calls: [{ status: 'dropped' }] }

  test('answering again drops the question', async () => {
    const { turns } = await asking()
    world.replay.enqueue([textStream('Rather not.')])
    expect((await again(turns[1])).body).toMatchObject({ status: 'completed', response: 'Rather not.' })
    expect(await turnOf(ann, turns[1] ?? '')).toMatchObject({ ...dropped, live: false })
    await expectLiveIsPathOfHead()
  })

  test('editing to a yes approves nothing', async () => {
    const { turns } = await asking()
    world.replay.enqueue([textStream('Yes to what?')])
    expect((await again(turns[1], 'yes')).body.tool_calls).toEqual([])
    expect(await turnOf(ann, turns[1] ?? '')).toMatchObject(dropped)
    expect((await ann.call('GET', '/tasks')).body).toHaveLength(1)
  })

  test('switching drops the question', async () => {
    const { conversation, turns } = await asking()
    expect((await read(conversation, turns[0])).body).toEqual({ head_turn_id: turns[1] })
    expect(await turnOf(ann, turns[1] ?? '')).toMatchObject(dropped)
    world.replay.enqueue([textStream('Yes to what?')])
    expect((await ann.say('yes', conversation)).body.tool_calls).toEqual([])
  })
})

test('only what is read can be answered again: another version, or a message that was withdrawn, conflicts', async () => {
  const { conversation, turns } = await converse('A')
  world.replay.enqueue([textStream('better')])
  await again(turns[0])
  expect(await again(turns[0])).toMatchObject({ status: 409, body: { code: 'conflict' } })
  const running = await holdTurn(world, ann, { conversation })
  const withdrawn = await sayWatching(ann, 'B', conversation)
  await ann.call('PUT', `/turns/${withdrawn.turn}/cancellation`)
  running.release()
  await running.ended
  expect(await again(withdrawn.turn, 'B2')).toMatchObject({ status: 409, body: { code: 'conflict' } })
  expect((await again('0199a000-0000-7000-8000-000000000000')).status).toBe(404)
})
