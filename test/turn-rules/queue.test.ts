import { describe, expect, test } from 'vitest'
import { textStream } from '../support/replay-answers.ts'
import {
  holdTurn,
  messagesOf,
  patiently,
  promptOf,
  queueOf,
  readingOf,
  sayWatching,
  turnOf,
} from '../support/replayed-server.ts'
import { ann, shareReplayedServer, world } from '../support/shared-replayed-server.ts'

shareReplayedServer()

const say = (...words: string[]) => world.replay.enqueue(words.map(word => textStream(word)))

describe('messages sent while a turn runs', () => {
  test('wait in their order, in sight, and each is answered knowing what was answered before', async () => {
    const first = await holdTurn(world, ann)
    const others = []
    for (const message of ['Second', 'Third', 'Fourth']) {
      others.push(await sayWatching(ann, message, first.conversation))
    }
    expect(await queueOf(ann, first.conversation)).toEqual(['Second', 'Third', 'Fourth'])
    expect(await readingOf(ann, first.conversation)).toEqual(['1 user: First'])
    say('2nd answer', '3rd answer', '4th answer')
    first.release()
    for (const { ended } of others) expect((await ended).status).toBe('completed')
    expect(await readingOf(ann, first.conversation)).toEqual([
      '1 user: First',
      '2 assistant: First answer',
      '3 user: Second',
      '4 assistant: 2nd answer',
      '5 user: Third',
      '6 assistant: 3rd answer',
      '7 user: Fourth',
      '8 assistant: 4th answer',
    ])
    expect(world.replay.requests.map(promptOf).at(1)).toEqual([
      'user: First',
      'assistant: First answer',
      'user: Second',
    ])
    expect(await queueOf(ann, first.conversation)).toEqual([])
  })

  test('are answered to the JSON callers that wait for them', async () => {
    const first = await holdTurn(world, ann)
    const second = ann.say('Second', first.conversation)
    await expect.poll(() => queueOf(ann, first.conversation), patiently).toEqual(['Second'])
    say('2nd answer')
    first.release()
    expect(await second).toMatchObject({ status: 200, body: { status: 'completed', response: '2nd answer' } })
  })

  test('are refused one by one when the client asks for that, and change nothing', async () => {
    const first = await holdTurn(world, ann)
    const refused = await ann.say('Second', first.conversation, { if_busy: 'reject' })
    expect(refused).toMatchObject({ status: 409, body: { code: 'conversation_busy', turn_id: first.turn } })
    expect(await queueOf(ann, first.conversation)).toEqual([])
    first.release()
    await first.ended
    say('Third answer')
    await ann.say('Third', first.conversation)
    expect((await readingOf(ann, first.conversation)).at(-1), 'a refused one has no place').toBe(
      '4 assistant: Third answer',
    )
  })
})

describe('a message that waits', () => {
  const edit = (turn: string, message: string) => ann.call('PUT', `/turns/${turn}/message`, { message })
  const withdraw = (turn: string) => ann.call('PUT', `/turns/${turn}/cancellation`)

  test('can be changed, and is then answered as changed', async () => {
    const first = await holdTurn(world, ann)
    const second = await sayWatching(ann, 'Scond', first.conversation)
    expect(await edit(second.turn, 'Second')).toMatchObject({ status: 200, body: { message: 'Second' } })
    expect(await queueOf(ann, first.conversation)).toEqual(['Second'])
    say('2nd answer')
    first.release()
    await second.ended
    expect(promptOf(await world.replay.request(1)).at(-1)).toBe('user: Second')
    expect(await readingOf(ann, first.conversation)).toContain('3 user: Second')
  })

  test('cannot be changed any more once its turn has begun', async () => {
    const first = await holdTurn(world, ann)
    expect(await edit(first.turn, 'Changed')).toMatchObject({ status: 409, body: { code: 'conflict' } })
    first.release()
    await first.ended
    expect((await edit(first.turn, 'Changed')).status).toBe(409)
    expect((await turnOf(ann, first.turn)).message).toBe('First')
  })

  test('can be withdrawn: nobody answers it, nothing reads it, and its place stays empty', async () => {
    const first = await holdTurn(world, ann)
    const second = await sayWatching(ann, 'Second', first.conversation)
    const third = await sayWatching(ann, 'Third', first.conversation)
    expect(await withdraw(second.turn)).toMatchObject({
      status: 200,
      body: { status: 'cancelled', live: false, response: null },
    })
    expect(await second.ended).toMatchObject({ status: 'cancelled', message_id: null, response: '' })
    expect(await queueOf(ann, first.conversation)).toEqual(['Third'])
    expect((await edit(second.turn, 'Changed')).status).toBe(409)
    say('3rd answer')
    first.release()
    await third.ended
    expect(promptOf(await world.replay.request(1))).toEqual([
      'user: First',
      'assistant: First answer',
      'user: Third',
    ])
    expect((await messagesOf(ann, first.conversation)).map(message => message.seq)).toEqual([1, 2, 5, 6])
  })

  test('is withdrawn by one that interrupts, and whoever waits for its answer is told', async () => {
    const first = await holdTurn(world, ann)
    const asJson = ann.say('Second', first.conversation)
    await expect.poll(() => queueOf(ann, first.conversation), patiently).toEqual(['Second'])
    const third = await sayWatching(ann, 'Third', first.conversation)
    say('4th answer')
    const fourth = await sayWatching(ann, 'Fourth', first.conversation, { if_busy: 'interrupt' })
    expect(await first.ended).toMatchObject({ status: 'cancelled' })
    expect(await (await world.replay.request(0)).closed).toBe('early')
    expect((await asJson).body).toMatchObject({ status: 'cancelled', message_id: null })
    expect(await third.ended).toMatchObject({ status: 'cancelled', message_id: null })
    expect(await fourth.ended).toMatchObject({ status: 'completed', response: '4th answer' })
    expect(await readingOf(ann, first.conversation)).toEqual([
      '1 user: First',
      '2 assistant: ',
      '7 user: Fourth',
      '8 assistant: 4th answer',
    ])
    first.release()
  })

  test('is not started by anything but the end of the turn before it', async () => {
    const first = await holdTurn(world, ann)
    const second = await sayWatching(ann, 'Second', first.conversation)
    const head = await ann.call('PUT', `/conversations/${first.conversation}/head`, { turn_id: second.turn })
    expect(head.status, 'it is on no path').toBe(404)
    const version = await ann.call('POST', `/turns/${second.turn}/versions`, {})
    expect(version).toMatchObject({ status: 409, body: { code: 'conversation_busy' } })
    expect(await turnOf(ann, second.turn)).toMatchObject({
      status: 'queued',
      live: false,
      parent_turn_id: null,
    })
    say('2nd answer')
    first.release()
    await second.ended
    expect(await turnOf(ann, second.turn)).toMatchObject({ live: true, parent_turn_id: first.turn })
  })
})

test('a thousand messages may wait in a conversation, and not one more', async () => {
  const first = await holdTurn(world, ann)
  const { db } = world.server.context
  await db.query(
    `insert into colloquy.turns (user_id, id, conversation_id, turn_no, live, status, context)
     select $1, gen_random_uuid(), $2, n, false, 'queued', '{}' from generate_series(2, 1000) n`,
    [ann.userId, first.conversation],
  )
  await db.query(
    `insert into colloquy.messages (user_id, conversation_id, seq, id, turn_id, role, content, live)
     select user_id, conversation_id, 2 * turn_no - 1, gen_random_uuid(), id, 'user', 'Wait', false
       from colloquy.turns where user_id = $1 and status = 'queued'`,
    [ann.userId],
  )
  await db.query('update colloquy.conversations set last_turn = 1000 where user_id = $1', [ann.userId])
  const thousandth = await sayWatching(ann, 'Thousandth', first.conversation)
  const refused = await ann.say('One more', first.conversation)
  expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  say('At last')
  const last = await sayWatching(ann, 'Now', first.conversation, { if_busy: 'interrupt' })
  expect(await thousandth.ended).toMatchObject({ status: 'cancelled' })
  expect(await last.ended).toMatchObject({ status: 'completed', response: 'At last' })
  expect(await queueOf(ann, first.conversation)).toEqual([])
  first.release()
})
