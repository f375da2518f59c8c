import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { defineAgent } from '../../server/agent/agent.ts'
import { cancelTurn } from '../../server/store/turn-steering.ts'
import { beat } from '../../server/turns/pulse.ts'
import { Random } from '../faults/random.ts'
import { OtherInstance } from '../support/other-instance.ts'
import { openPostOffice } from '../support/post-office.ts'
import { held, textStream, toolCallStream } from '../support/replay-answers.ts'
import { type ReplayServer, startReplayServer } from '../support/replay-server.ts'
import {
  follow,
  holdTurn,
  messagesOf,
  modelAt,
  patiently,
  queueOf,
  sayWatching,
  turnOf,
} from '../support/replayed-server.ts'
import {
  type Client,
  clientOf,
  openPlace,
  type Place,
  startServerAt,
  type TestServer,
} from '../support/server.ts'
import { storyModel } from '../support/story-model.ts'
import { TurnView, type Watcher } from '../support/turn-view.ts'

/** Two processes' worth of server on one database: what one does, the other shows, steers and inherits. */
const severalProcesses = describe.skipIf(inject('engine') === 'pglite')

severalProcesses('two instances on one database', () => {
  let place: Place
  let replay: ReplayServer
  let here: TestServer
  let there: TestServer
  beforeAll(async () => {
    place = await openPlace()
    replay = await startReplayServer()
    here = await startServerAt(place, modelAt(replay))
    there = await startServerAt(place, modelAt(replay))
  })
  afterAll(async () => {
    await here[Symbol.asyncDispose]()
    await there[Symbol.asyncDispose]()
    await replay[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  })

  let annHere: Client
  let annThere: Client
  beforeEach(async () => {
    replay.reset()
    annHere = await clientOf(here)
    annThere = await clientOf(there, annHere.userId)
  })

  const holdHere = (answer = textStream('First', ' answer'), after = -1) =>
    holdTurn({ replay }, annHere, { answer, after })

  test('a turn is followed from the other one, snapshot, text and end', async () => {
    const turn = await holdHere(textStream('One ', 'two'), 1)
    const remote = await follow(annThere, turn.turn)
    await remote.until(view => view.text === 'One ')
    turn.release()
    expect(await remote.ended).toEqual(await turn.ended)
    expect(remote.view.text).toBe('One two')
  })

  test('a turn that waits here is answered to the JSON caller there', async () => {
    const first = await holdHere()
    const second = annThere.say('Second', first.conversation)
    await expect.poll(() => queueOf(annHere, first.conversation), patiently).toEqual(['Second'])
    replay.enqueue([textStream('2nd answer')])
    first.release()
    expect(await second).toMatchObject({ status: 200, body: { response: '2nd answer' } })
  })

  test('a key is one turn on both: whoever comes second joins it', async () => {
    const answer = held(textStream('Once'), { after: -1 })
    replay.enqueue([answer])
    const key = { 'idempotency-key': 'k' }
    const one = annHere.call('POST', '/chat', { message: 'Hi' }, key)
    await answer.reached
    const two = annThere.call('POST', '/chat', { message: 'Hi' }, key)
    const three = await annThere.call('POST', '/chat', { message: 'Ho' }, key)
    expect(three).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } })
    answer.release()
    expect((await one).body.response).toBe('Once')
    expect((await two).body).toEqual((await one).body)
    expect(replay.requests).toHaveLength(1)
  })

  test('the same question is approved on both at once: it counts once and the task is deleted once', async () => {
    await annHere.call('POST', '/tasks', { title: 'Tea' })
    replay.enqueue([toolCallStream('delete_task', { task_id: 1 }), textStream('Gone.')])
    const { body: asked } = await annHere.say('Delete tea')
    const path = `/tool-calls/${asked.tool_calls[0].id}/approval`
    const verdicts = await Promise.all(
      [annHere, annThere].map(client => client.call('PUT', path, { approved: true })),
    )
    expect(verdicts.map(verdict => verdict.status).sort()).toEqual([200, 409])
    expect(await (await follow(annThere, asked.turn_id)).ended).toMatchObject({
      status: 'completed',
      tool_calls: [{ status: 'completed' }],
    })
    expect(replay.requests).toHaveLength(2)
  })

  test('a message there interrupts the turn here', async () => {
    const first = await holdHere(textStream('Half', ' of it'), 1)
    await first.until(view => view.text === 'Half')
    replay.enqueue([textStream('2nd answer')])
    const second = await annThere.say('Second', first.conversation, { if_busy: 'interrupt' })
    expect(second.body).toMatchObject({ status: 'completed', response: '2nd answer' })
    expect(await first.ended).toMatchObject({ status: 'cancelled', response: 'Half' })
    expect(await replay.requests[0]?.closed).toBe('early')
    first.release()
  })

  test('a conversation deleted there ends the followers of its turn everywhere', async () => {
    const turn = await holdHere()
    const remote = await follow(annThere, turn.turn)
    expect((await annThere.call('DELETE', `/conversations/${turn.conversation}`)).status).toBe(204)
    expect(await remote.ended).toMatchObject({ status: 'cancelled', message_id: null })
    turn.release()
    expect(await turn.ended).toMatchObject({ status: 'cancelled', message_id: null })
  })

  test('a client that will not wait is told there that the turn runs here', async () => {
    const hasty = await startServerAt(place, { ...modelAt(replay), RESPONSE_WAIT_SECONDS: '0' })
    const annHasty = await clientOf(hasty, annHere.userId)
    const answer = held(textStream('Once'), { after: -1 })
    replay.enqueue([answer])
    const key = { 'idempotency-key': 'k' }
    const waiting = annHere.call('POST', '/chat', { message: 'Hi' }, key)
    await answer.reached
    const pending = await annHasty.call('POST', '/chat', { message: 'Hi' }, key)
    expect(pending).toMatchObject({ status: 202, body: { status: 'running' } })
    answer.release()
    expect((await waiting).body.turn_id).toBe(pending.body.turn_id)
    await hasty[Symbol.asyncDispose]()
  })

  test('a turn that cannot be taken over yet keeps no other from being cancelled', async () => {
    const other = await OtherInstance.begin(here.context.db)
    const stuck = await other.accept(annHere, 'Stuck')
    const turn = await holdHere()
    const locked = Promise.withResolvers<void>()
    const unlock = Promise.withResolvers<void>()
    const holding = there.context.db.transaction(async tx => {
      await tx.query('select from colloquy.turns where id = $1 for update', [stuck.id])
      locked.resolve()
      await unlock.promise
    })
    await locked.promise
    await other.die()
    await cancelTurn(there.context.db, { userId: annHere.userId, turnId: turn.turn })
    await beat(here.context.engine)
    expect((await turn.ended).status).toBe('cancelled')
    await using starting = await startServerAt(place, modelAt(replay))
    expect(starting.context.engine.live.size, 'nor from starting').toBe(0)
    replay.enqueue([textStream('Free')])
    unlock.resolve()
    await holding
    expect((await (await follow(annHere, stuck.id)).ended).response).toBe('Free')
    turn.release()
  })

  test('cancelling there stops the request to the model here', async () => {
    const lanes = Array.from({ length: 4 }, async (_, lane) => {
      const client = await clientOf(here)
      const elsewhere = await clientOf(there, client.userId)
      const delays = []
      for (let n = 0; n < 5; n += 1) delays.push(await cancelFromElsewhere(client, elsewhere, `${lane}/${n}`))
      return delays
    })
    const delays = (await Promise.all(lanes)).flat().sort((a, b) => a - b)
    console.log(`stopped after ${delays[9]} ms (median), ${delays[18]} ms (p95), ${delays[19]} ms (most)`)
    expect(delays).toHaveLength(20)
  })

  /** How long it took until the model's connection was closed, in milliseconds. */
  async function cancelFromElsewhere(client: Client, elsewhere: Client, message: string): Promise<number> {
    const answer = held(textStream('So ', 'far'), { after: 1 })
    replay.enqueue([answer])
    const turn = await sayWatching(client, message)
    await turn.until(view => view.text === 'So ')
    const request = replay.requests.find(({ body }) => JSON.stringify(body).includes(`"${message}"`))
    const before = performance.now()
    const cancelled = await elsewhere.call('PUT', `/turns/${turn.turn}/cancellation`)
    expect([200, 202]).toContain(cancelled.status)
    expect(await request?.closed).toBe('early')
    const delay = Math.round(performance.now() - before)
    expect(await turn.ended).toMatchObject({ status: 'cancelled', response: 'So ' })
    answer.release()
    return delay
  }

  test('what is said while news cannot be stored is told later: no follower is shown a gap, and others are told theirs', async () => {
    const { db } = here.context
    const turn = await holdHere(textStream('One ', 'two ', 'three ', 'four'), 2)
    const remote = await follow(annThere, turn.turn)
    await remote.until(view => view.text === 'One two ')
    // A sequence counts what is rolled back, too.
    await db.script(`
      alter function colloquy.flush_deltas_v1(json) rename to flush_deltas_away;
      create sequence attempts;
      create function colloquy.flush_deltas_v1(json) returns void language plpgsql as
        $$ begin perform nextval('attempts'); raise exception 'away'; end $$`)
    const next = await holdHere(textStream('Five ', 'six ', 'seven'), 2)
    await next.until(view => view.text === 'Five six ')
    const isCalled = () => db.query('select from attempts where is_called')
    await expect.poll(isCalled, patiently).toHaveLength(1)
    const late = await follow(annThere, next.turn)
    expect(late.view.text).toBe('')
    const theirs = await holdTurn({ replay }, annThere, { answer: textStream('From there') })
    const fromThere = await follow(annHere, theirs.turn)
    theirs.release()
    expect((await fromThere.ended).response).toBe('From there')
    await db.script(`
      drop function colloquy.flush_deltas_v1(json);
      alter function colloquy.flush_deltas_away(json) rename to flush_deltas_v1`)
    await late.until(view => view.text === 'Five six ')
    for (const held of [turn, next]) held.release()
    expect((await late.ended).response).toBe('Five six seven')
    expect((await remote.ended).response).toBe('One two three four')
  })

  test('what one cannot finish in time when it stops is taken over by the other at once', async () => {
    const stopping = await startServerAt(place, { ...modelAt(replay), SHUTDOWN_GRACE_SECONDS: '0' })
    const client = await clientOf(stopping, annThere.userId)
    const answer = textStream('Half', ' of it')
    const turn = await holdTurn({ replay }, client, { answer, after: 1 })
    const remote = await follow(annThere, turn.turn)
    await remote.until(view => view.text === 'Half')
    replay.enqueue([textStream('All of it')])
    await stopping[Symbol.asyncDispose]()
    expect(await replay.requests[0]?.closed).toBe('early')
    expect(await remote.ended).toMatchObject({ status: 'completed', response: 'All of it' })
    expect(remote.view.text).toBe('All of it')
    const [row] = await there.context.db.query('select attempts from colloquy.turns where id = $1', [
      turn.turn,
    ])
    expect(row, 'it was handed over, not lost').toEqual({ attempts: 0 })
    turn.release()
  })
})

const followers = 100
const turnsAtOnce = 10

severalProcesses('a slow answer', () => {
  test(`is shown to each of ${followers} that come and go at random as it is stored, without a gap or a word twice`, async () => {
    const seed = Number(process.env.SEED) || Date.now() % 2 ** 31
    console.log(`seed ${seed}`)
    const random = new Random(seed)
    await using place = await openPlace()
    const agent = defineAgent({
      model: storyModel(20),
      tools: openPostOffice().tools,
      instructions: () => 'Tell stories.',
    })
    await using here = await startServerAt(place, {}, agent)
    await using there = await startServerAt(place, {}, agent)
    const heard = await Promise.all(
      Array.from({ length: turnsAtOnce }, () => followOne({ here, there, random }, followers / turnsAtOnce)),
    )
    expect(
      heard.flat().filter(watcher => watcher.events.some(event => event.type === 'text.delta')).length,
      'most heard words and not only snapshots',
    ).toBeGreaterThan(followers / 2)
  })
})

interface Around {
  here: TestServer
  there: TestServer
  random: Random
}

/** One turn, told here, and so many who follow it from there or here; returns all their connections. */
async function followOne({ here, there, random }: Around, count: number): Promise<Watcher[]> {
  const teller = await clientOf(here)
  const elsewhere = await clientOf(there, teller.userId)
  const first = await sayWatching(teller, 'Tell me a story')
  const connections: Watcher[] = []

  async function comeAndGo(): Promise<Watcher> {
    const arrival = random.below(70)
    await first.until(({ outcome }, events) => events.length > arrival || outcome !== undefined)
    for (;;) {
      const watcher = await follow(random.below(4) === 0 ? teller : elsewhere, first.turn)
      connections.push(watcher)
      const leaveAfter = random.below(2) === 0 ? Number.POSITIVE_INFINITY : 1 + random.below(30)
      await watcher.until(({ outcome }, events) => outcome !== undefined || events.length > leaveAfter)
      if (watcher.view.outcome) return watcher
      await watcher.close()
    }
  }
  const stayed = await Promise.all(Array.from({ length: count }, comeAndGo))

  const outcome = await first.ended
  const [, stored] = await messagesOf(teller, first.conversation)
  const late = await follow(elsewhere, first.turn)
  await late.ended
  expect(stored?.content.split(' ').length).toBeGreaterThan(40)
  expect(outcome.tool_calls.map(call => call.status)).toEqual(['completed', 'completed'])
  expect((await turnOf(elsewhere, first.turn)).response).toBe(stored?.content)
  for (const watcher of [first, late, ...stayed]) {
    expect(await watcher.ended).toEqual(outcome)
    expect(watcher.view.text).toBe(stored?.content)
    expect(watcher.view.parts).toEqual(late.view.parts)
  }
  for (const watcher of [first, ...connections]) expectNoOtherWord(watcher, stored?.content ?? '')
  return connections
}

/** At every moment what is shown is the beginning of what is stored in the end. */
function expectNoOtherWord({ events }: Watcher, stored: string): void {
  const view = new TurnView()
  for (const event of events) {
    view.show(event)
    expect(stored.startsWith(view.text), `${JSON.stringify(event)} led to ${view.text}`).toBe(true)
  }
}
