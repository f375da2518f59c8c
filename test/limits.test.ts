import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import type { Database } from '../server/db/database.ts'
import { findStanding } from '../server/store/limits.ts'
import { acceptMessage } from '../server/turns/accept-message.ts'
import { OtherInstance } from './support/other-instance.ts'
import { failure, type HeldAnswer, held, textStream, toolCallStream } from './support/replay-answers.ts'
import { type ReplayServer, startReplayServer } from './support/replay-server.ts'
import { holdTurn, modelAt, patiently, queueOf, sayWatching } from './support/replayed-server.ts'
import {
  type Answered,
  answeredBy,
  type Client,
  clientOf,
  openPlace,
  type Place,
  startServerAt,
  type TestServer,
} from './support/server.ts'
import { countRows } from './support/stored-rows.ts'

/** Each answer of the model uses 15 tokens: 10 in and 5 out. */
const tokensOfStep = 15
const budget = { TOKEN_BUDGET: '100000', TOKENS_RESERVED_PER_TURN: '2000' }

let replay: ReplayServer
let place: Place
beforeAll(async () => {
  replay = await startReplayServer()
  place = await openPlace()
})
beforeEach(() => {
  replay.requests.length = 0
  replay.otherwise(textStream('Fine.'))
})
afterAll(async () => {
  await replay?.[Symbol.asyncDispose]()
  await place?.[Symbol.asyncDispose]()
})

const serverWith = (environment: Record<string, string>) =>
  startServerAt(place, { ...modelAt(replay), SHUTDOWN_GRACE_SECONDS: '0', ...environment })

const standingOf = ({ context }: TestServer, { userId }: Client) =>
  findStanding(context.db, userId, context.config.userLimits)

const usageOf = ({ context: { db } }: TestServer, { userId }: Client) =>
  db.query(
    `select model, turns, input_tokens::int as input, output_tokens::int as output from colloquy.usage
      where user_id = $1 order by hour, model`,
    [userId],
  )

/** The minute of the user's counter goes on for an hour, so that no test depends on when it runs. */
const stopClock = ({ context: { db } }: TestServer, { userId }: Client) =>
  db.query(
    `insert into colloquy.turn_counters as c (user_id, minute, turns) values ($1, now() + interval '1 hour', 0)
     on conflict (user_id) do update set minute = excluded.minute`,
    [userId],
  )

const letMinutePass = ({ context: { db } }: TestServer, { userId }: Client) =>
  db.query(`update colloquy.turn_counters set minute = now() - interval '1 hour' where user_id = $1`, [
    userId,
  ])

const rateOf = ({ headers }: Pick<Answered, 'headers'>) => ({
  limit: headers.get('ratelimit-limit'),
  remaining: headers.get('ratelimit-remaining'),
})

const refused = (code: string) => ({ status: 429, body: { code, status: 429 } })

describe('turns a minute', () => {
  let server: TestServer
  let ann: Client
  beforeAll(async () => {
    server = await serverWith({ TURNS_PER_MINUTE: '3' })
  })
  beforeEach(async () => {
    ann = await clientOf(server)
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  async function useUp(): Promise<Answered> {
    await stopClock(server, ann)
    const first = await ann.say('One')
    for (const message of ['Two', 'Three']) await ann.say(message, first.body.conversation_id)
    return first
  }

  test('are counted down in the headers, and then refused until the minute is over', async () => {
    await stopClock(server, ann)
    const first = await ann.say('One')
    expect(rateOf(first)).toEqual({ limit: '3', remaining: '2' })
    expect(Number(first.headers.get('ratelimit-reset'))).toBeGreaterThan(0)
    expect(rateOf(await ann.say('Two'))).toEqual({ limit: '3', remaining: '1' })
    expect(rateOf(await ann.say('Three'))).toEqual({ limit: '3', remaining: '0' })
    const fourth = await ann.say('Four')
    expect(fourth).toMatchObject(refused('rate_limited'))
    expect(rateOf(fourth)).toEqual({ limit: '3', remaining: '0' })
    expect(Number(fourth.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(fourth.body).not.toHaveProperty('rate_limit')
    expect((await (await clientOf(server)).say('Me')).status).toBe(200)
    await letMinutePass(server, ann)
    expect(rateOf(await ann.say('Four'))).toEqual({ limit: '3', remaining: '2' })
  })

  test('leave nothing behind when they are refused, be it new, another version or an interruption', async () => {
    const { body } = await useUp()
    const busy = await clientOf(server)
    await stopClock(server, busy)
    const running = await holdTurn({ replay }, busy)
    for (let i = 0; i < 2; i += 1) {
      const queued = { message: `Queued ${i}`, conversation_id: running.conversation }
      await (await busy.open('POST', '/chat', queued, { accept: 'text/event-stream' })).body?.cancel()
    }
    const before = await countRows(server.context.db)
    const live = () => server.context.db.query('select id from colloquy.turns where live order by id')
    const liveBefore = await live()
    const version = await ann.call('POST', `/turns/${body.turn_id}/versions`, { message: 'Else' })
    for (const answer of [await ann.say('New'), await ann.say('More', body.conversation_id), version])
      expect(answer).toMatchObject(refused('rate_limited'))
    const interrupt = { if_busy: 'interrupt' }
    expect(await busy.say('Stop', running.conversation, interrupt)).toMatchObject(refused('rate_limited'))
    expect(await countRows(server.context.db)).toEqual(before)
    expect(await live()).toEqual(liveBefore)
    expect(await queueOf(busy, running.conversation)).toEqual(['Queued 0', 'Queued 1'])
    running.release()
    await running.ended
  })

  test('do not count what is refused for another reason, nor the same message again', async () => {
    const key = { 'idempotency-key': randomUUID() }
    await stopClock(server, ann)
    const first = await ann.call('POST', '/chat', { message: 'One' }, key)
    expect((await ann.say('Where', randomUUID())).status).toBe(404)
    for (const message of ['Two', 'Three']) await ann.say(message)
    expect(await ann.say('Four')).toMatchObject(refused('rate_limited'))
    const again = await ann.call('POST', '/chat', { message: 'One' }, key)
    expect([again.status, again.body.turn_id]).toEqual([200, first.body.turn_id])
  })

  test('are told and refused the same way by the other protocols', async () => {
    const user = { id: 'm1', role: 'user', content: 'Hello', parts: [{ type: 'text', text: 'Hello' }] }
    const post = async (path: string, body: unknown) =>
      answeredBy(
        await fetch(server.url + path, {
          method: 'POST',
          headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      )
    const uiMessage = (n: number) => ({ id: `chat-${n}-${ann.userId}`, message: user })
    const run = (n: number) => ({ threadId: `thread-${n}-${ann.userId}`, runId: 'r', messages: [user] })
    await stopClock(server, ann)
    expect(rateOf(await post('/ai-sdk', uiMessage(1)))).toEqual({ limit: '3', remaining: '2' })
    expect(rateOf(await post('/ag-ui', run(1)))).toEqual({ limit: '3', remaining: '1' })
    const events = await ann.open('POST', '/chat', { message: 'Hello' }, { accept: 'text/event-stream' })
    expect(rateOf(events)).toEqual({ limit: '3', remaining: '0' })
    await events.text()
    const rows = await countRows(server.context.db)
    for (const answer of [await post('/ai-sdk', uiMessage(2)), await post('/ag-ui', run(2))]) {
      expect(answer).toMatchObject(refused('rate_limited'))
      expect(rateOf(answer)).toEqual({ limit: '3', remaining: '0' })
    }
    expect(await countRows(server.context.db)).toEqual(rows)
    expect((await post('/ag-ui', run(1))).status).toBe(200) // the same run once more
  })

  test('are exactly so many when many come at once', async () => {
    await stopClock(server, ann)
    await ann.say('One')
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => ann.say(`At once ${i}`)))
    const statuses = answers.map(answer => answer.status).toSorted()
    expect(statuses).toEqual([200, 200, ...Array.from({ length: 18 }, () => 429)])
  })

  test('do not refuse what was taken in and whose answer was lost on the way', async () => {
    const { engine } = server.context
    let calls = 0
    const { shared } = engine.db
    const losing: Database = {
      ...engine.db,
      shared: {
        ...shared,
        query: async <Row>(text: string, values?: unknown[]) => {
          const rows = await shared.query<Row>(text, values)
          if (!text.includes('accept_turn')) return rows
          calls += 1
          if (calls === 1) throw Object.assign(new Error('gone'), { code: 'ECONNRESET' })
          return rows
        },
      },
    }
    await stopClock(server, ann)
    for (const message of ['One', 'Two']) await ann.say(message)
    const user = { id: ann.userId, email: undefined, name: undefined }
    const message = { user, content: 'Three', conversationId: undefined }
    const unsaid = { idempotencyKey: undefined, timeZone: undefined, locale: undefined }
    const accepted = await acceptMessage(
      { ...engine, db: losing },
      { ...message, ...unsaid, ifBusy: 'enqueue' },
    )
    expect(calls).toBe(2)
    expect((await ann.call('GET', `/turns/${accepted.turnId}`)).body.message).toBe('Three')
  })

  test('do not count reminders', async () => {
    await useUp()
    const { db } = server.context
    const task = await ann.call('POST', '/tasks', { title: 'Buy milk' })
    await db.query(
      `insert into colloquy.reminders (user_id, id, task_id, remind_at) values ($1, gen_random_uuid(), $2, now())`,
      [ann.userId, task.body.id],
    )
    await expect
      .poll(async () => (await ann.call('GET', '/reminders?status=fired')).body.length, patiently)
      .toBe(1)
    expect(await standingOf(server, ann)).toMatchObject({ turns: 3, reserved: 0 })
    expect(await usageOf(server, ann)).toMatchObject([{ turns: 3 }])
  })
})

describe('a budget of tokens', () => {
  let servers: TestServer[]
  let server: TestServer
  let ann: Client
  beforeAll(async () => {
    // A turn that runs is a turn that was accepted.
    const settings = { ...budget, RESPONSE_WAIT_SECONDS: '0' }
    // The embedded database serves one process.
    const count = inject('engine') === 'pglite' ? 1 : 3
    servers = []
    for (let i = 0; i < count; i += 1) servers.push(await serverWith(settings))
    server = servers[0] as TestServer // there is at least one
  })
  beforeEach(async () => {
    ann = await clientOf(server)
  })
  afterAll(async () => {
    for (const each of servers ?? []) await each[Symbol.asyncDispose]()
  })

  const setUsed = (tokens: number) =>
    server.context.db.query(
      `insert into colloquy.usage (user_id, hour, model, turns, input_tokens, output_tokens)
       values ($1, date_trunc('hour', now()), 'another', 1, $2, 0)`,
      [ann.userId, tokens],
    )

  test('of 50 turns takes exactly 50 of 200 that come at once, on all instances together', async () => {
    const answers: HeldAnswer[] = []
    replay.otherwise(({ body }) => {
      // What tests before this one have left is answered, too.
      if (!JSON.stringify(body).includes('At once')) return textStream('Fine.')
      const answer = held(textStream('Fine.'), { after: -1 })
      answers.push(answer)
      return answer
    })
    const clients = await Promise.all(servers.map(each => clientOf(each, ann.userId)))
    const said = await Promise.all(
      Array.from({ length: 200 }, (_, i) => (clients[i % clients.length] ?? ann).say(`At once ${i}`)),
    )
    const accepted = said.filter(answer => answer.status === 202)
    const others = said.filter(answer => answer.status !== 202)
    expect([accepted.length, others.length]).toEqual([50, 150])
    for (const answer of others) {
      expect(answer).toMatchObject(refused('budget_exceeded'))
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(rateOf(answer)).toEqual({ limit: '100000', remaining: '0' })
    }
    expect(await standingOf(server, ann)).toMatchObject({ used: 0, reserved: 100_000 })
    await expect.poll(() => answers.length, patiently).toBe(50)
    replay.otherwise(textStream('Fine.'))
    for (const answer of answers) answer.release()
    await expect.poll(async () => (await standingOf(server, ann)).reserved, patiently).toBe(0)
    expect(await usageOf(server, ann)).toEqual([
      { model: 'compatible/test', turns: 50, input: 500, output: 250 },
    ])
    expect((await ann.say('Now there is room')).status).toBe(202)
  })

  test('is settled with what was used: what is left then is too little for another turn', async () => {
    await setUsed(100_000 - 2000)
    const first = await sayWatching(ann, 'First')
    await first.ended
    expect(await standingOf(server, ann)).toMatchObject({ used: 98_000 + tokensOfStep, reserved: 0 })
    const second = await ann.say('Second')
    expect(second).toMatchObject(refused('budget_exceeded'))
    expect(rateOf(second).remaining).toBe(String(2000 - tokensOfStep))
    expect(second.headers.get('retry-after')).toBe(second.headers.get('ratelimit-reset'))
    await server.context.db.query(
      `update colloquy.usage set hour = hour - interval '25 hours' where user_id = $1`,
      [ann.userId],
    )
    expect((await ann.say('Tomorrow')).status).toBe(202)
  })

  test('is not given back by deleting the conversation, while a turn runs or after', async () => {
    const { db } = server.context
    const other = await OtherInstance.begin(db)
    const turn = await other.accept(ann, 'Two steps')
    await other.journal(turn, { calls: [{ name: 'list_tasks', arguments: {}, effect: 'none' }] })
    expect(await standingOf(server, ann)).toMatchObject({ used: 15, reserved: 2000 - 15 })
    expect((await ann.call('DELETE', `/conversations/${turn.conversation_id}`)).status).toBe(204)
    expect(await standingOf(server, ann)).toMatchObject({ used: 15, reserved: 0 })
  })

  test('counts every step once when a process dies between them', async () => {
    const other = await OtherInstance.begin(server.context.db)
    const turn = await other.accept(ann, 'Two steps')
    await other.journal(turn, { calls: [{ name: 'list_tasks', arguments: {}, effect: 'none' }] })
    await other.die()
    await expect
      .poll(async () => (await ann.call('GET', `/turns/${turn.id}`)).body.status, patiently)
      .toBe('completed')
    expect(await standingOf(server, ann)).toMatchObject({ used: 2 * tokensOfStep, reserved: 0 })
    const counted = await usageOf(server, ann)
    expect(counted.reduce((turns: number, row) => turns + (row as { turns: number }).turns, 0)).toBe(1)
  })

  test('is released by a turn that fails, one that is stopped and one that is withdrawn', async () => {
    replay.enqueue([failure(400)])
    const failed = await sayWatching(ann, 'Fail')
    expect((await failed.ended).status).toBe('failed')
    const running = await holdTurn({ replay }, ann)
    const queued = await sayWatching(ann, 'Wait', running.conversation)
    expect(await standingOf(server, ann)).toMatchObject({ used: 0, reserved: 4000 })
    await ann.call('PUT', `/turns/${queued.turn}/cancellation`)
    expect(await standingOf(server, ann)).toMatchObject({ used: 0, reserved: 2000 })
    await ann.call('PUT', `/turns/${running.turn}/cancellation`)
    running.release()
    await running.ended
    expect(await standingOf(server, ann)).toMatchObject({ used: 0, reserved: 0 })
    expect(await usageOf(server, ann)).toMatchObject([{ turns: 2, input: 0, output: 0 }])
  })

  test('keeps nothing back for a question, lets its answer through, and counts its turn once', async () => {
    await ann.call('POST', '/tasks', { title: 'Buy milk' })
    replay.enqueue([toolCallStream('delete_task', { task_id: 1 })])
    const asking = await sayWatching(ann, 'Delete it')
    const { tool_calls } = await asking.ended
    expect(await standingOf(server, ann)).toMatchObject({ used: tokensOfStep, reserved: 0 })
    await setUsed(100_000)
    expect(await ann.say('Something else')).toMatchObject(refused('budget_exceeded'))
    await ann.call('PUT', `/tool-calls/${tool_calls[0]?.id}/approval`, { approved: true })
    await expect
      .poll(async () => (await ann.call('GET', `/turns/${asking.turn}`)).body.status, patiently)
      .toBe('completed')
    const ours = (await usageOf(server, ann)).filter(row => (row as { model: string }).model !== 'another')
    expect(ours).toEqual([{ model: 'compatible/test', turns: 1, input: 20, output: 10 }])
  })
})

describe('streams of events', () => {
  let server: TestServer
  let ann: Client
  const open: AbortController[] = []
  beforeAll(async () => {
    server = await serverWith({ MAX_STREAMS: '3', MAX_STREAMS_PER_USER: '2' })
  })
  beforeEach(async () => {
    ann = await clientOf(server)
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  async function openEvents({ userId, token }: Client): Promise<number> {
    const stream = new AbortController()
    const response = await fetch(`${server.url}/api/${userId}/events`, {
      headers: { authorization: `Bearer ${token}` },
      signal: stream.signal,
    })
    if (response.ok) open.push(stream)
    return response.status
  }
  const statusOfEvents = async (client: Client) => {
    const { status, body } = await client.open('GET', '/events')
    await body?.cancel()
    return status
  }

  test('are so many of a user, and so many of a process; a message is refused before it is taken in', async () => {
    const bob = await clientOf(server)
    expect([await openEvents(ann), await openEvents(ann)]).toEqual([200, 200])
    const rows = await countRows(server.context.db)
    const third = await ann.call('GET', '/events')
    expect(third).toMatchObject(refused('rate_limited'))
    expect(third.headers.get('retry-after')).toBe('5')
    const asEvents = { accept: 'text/event-stream' }
    const message = { message: 'Hello' }
    expect(await ann.call('POST', '/chat', message, asEvents)).toMatchObject(refused('rate_limited'))
    expect(await countRows(server.context.db)).toEqual(rows)
    expect((await ann.call('POST', '/chat', message)).status).toBe(200)

    expect(await openEvents(bob)).toBe(200)
    const full = await bob.call('POST', '/chat', message, asEvents)
    expect(full).toMatchObject({ status: 503, body: { code: 'overloaded' } })
    for (const stream of open) stream.abort()
    await expect.poll(() => statusOfEvents(ann), patiently).toBe(200)
    for (let i = 0; i < 5; i += 1) {
      await expect.poll(() => statusOfEvents(ann), patiently).toBe(200)
    }
    expect((await ann.call('POST', '/chat', message, asEvents)).status).toBe(200)
  })
})
