import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { withUser } from '../server/db/database.ts'
import { beginErasure, eraseBatch, listUnfinishedErasures } from '../server/store/erasures.ts'
import { exportUser } from '../server/store/user-export.ts'
import { eraseUser } from '../server/turns/erase-user.ts'
import { beat } from '../server/turns/pulse.ts'
import { sweep } from '../server/turns/sweep.ts'
import { textStream, toolCallStream } from './support/replay-answers.ts'
import { type ReplayServer, startReplayServer } from './support/replay-server.ts'
import { follow, holdTurn, modelAt, patiently } from './support/replayed-server.ts'
import {
  type Client,
  clientOf,
  openPlace,
  type Place,
  startServerAt,
  type TestServer,
  tokenFor,
} from './support/server.ts'
import { storeConversation } from './support/stored-conversation.ts'
import { listTables, rowsOf } from './support/stored-rows.ts'
import { storeEverything, storeVerification } from './support/stored-user.ts'

/** Nobody's: attempts to sign in, which name nobody, which migrations were applied, who was erased, what the server signs with. */
const ownerless = [
  'auth.attempts',
  'auth.jwks',
  'colloquy.erased_users',
  'colloquy.migrations',
  'colloquy.own_migrations',
]

let place: Place
let replay: ReplayServer
let server: TestServer
beforeAll(async () => {
  place = await openPlace()
  replay = await startReplayServer()
  server = await startServerAt(place, modelAt(replay))
})
beforeEach(() => {
  replay.requests.length = 0
  replay.otherwise(textStream('Fine.'))
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await replay?.[Symbol.asyncDispose]()
  await place?.[Symbol.asyncDispose]()
})

interface Person extends Client {
  email: string
  word: string
  cookie: string
  conversation: string
  turn: string
}

let people = 0

const accounts = (path: string, init: RequestInit = {}) =>
  fetch(`${server.url}/api/auth${path}`, {
    ...init,
    headers: { 'content-type': 'application/json', origin: server.url, ...init.headers },
  })

const signUp = (email: string) =>
  accounts('/sign-up/email', {
    method: 'POST',
    body: JSON.stringify({ email, password: 'correct horse', name: 'Somebody' }),
  })

/** Someone with an account, and a row in every table. */
async function settle(): Promise<Person> {
  const word = `marzipan-${++people}-${randomUUID().slice(0, 8)}`
  const email = `${word}@example.com`
  const response = await signUp(email)
  const { user } = await response.json()
  const cookie = response.headers
    .getSetCookie()
    .map(each => each.split(';')[0])
    .join('; ')
  const { token } = await (await accounts('/token', { headers: { cookie } })).json()
  const { db } = server.context
  const stored = await storeEverything(db, user.id, word)
  await storeVerification(db, user.id)
  return { ...(await clientOf(server, user.id, token)), email, word, cookie, ...stored }
}

/** In how many rows of each table anything of a person is to be found: id, address or word. */
async function tracesOf({ userId, email, word }: Person): Promise<Record<string, number>> {
  const { db } = server.context
  const traces: Record<string, number> = {}
  for (const table of await listTables(db)) {
    const [row] = await db.query<{ count: number }>(
      `select count(*)::int as count from (select to_jsonb(t)::text as row from ${table} t) r
        where strpos(row, $1) > 0 or strpos(row, $2) > 0 or strpos(row, $3) > 0`,
      [userId, email, word],
    )
    traces[table] = row?.count ?? 0
  }
  return traces
}

const without = (traces: Record<string, number>, tables: string[]) =>
  Object.fromEntries(Object.entries(traces).filter(([table]) => !tables.includes(table)))

const nothing = (traces: Record<string, number>) =>
  Object.fromEntries(Object.keys(traces).map(table => [table, 0]))

test('these tests have rows of a user in every table there is', async () => {
  const traces = without(await tracesOf(await settle()), ownerless)
  expect(Object.keys(traces).length).toBeGreaterThan(12)
  expect(Object.entries(traces).filter(([, count]) => count === 0)).toEqual([])
})

describe('the export of a user', () => {
  test('has every row and every column of every table, the account without its secrets, and nobody else', async () => {
    const [ann, bob] = [await settle(), await settle()]
    const { db } = server.context
    const answer = await ann.open('GET', '/export')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="colloquy-export.json"')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const text = await answer.text()
    const document = JSON.parse(text)
    const { format, user_id, begun_at, finished_at, account, ...tables } = document
    expect({ format, user_id }).toEqual({ format: 'colloquy-export-1', user_id: ann.userId })
    expect(Date.parse(begun_at)).toBeLessThanOrEqual(Date.parse(finished_at))

    const stored = await rowsOf(db, ann.userId)
    delete stored['colloquy.erased_users']
    const exported = Object.entries(tables).map(([table, rows]) => [
      `colloquy.${table}`,
      // A document of lists, as it says of itself.
      (rows as object[]).map(row => JSON.stringify(sorted({ ...row, user_id: ann.userId }))).toSorted(),
    ])
    const expected = Object.entries(stored).map(([table, rows]) => [
      table,
      rows.map(row => JSON.stringify(sorted(JSON.parse(row)))).toSorted(),
    ])
    expect(Object.fromEntries(exported)).toEqual(Object.fromEntries(expected))

    expect(account).toMatchObject({
      id: ann.userId,
      email: ann.email,
      name: 'Somebody',
      sign_in_methods: [{ provider: 'credential' }],
      sessions: [{ expires_at: expect.any(String) }],
      verifications: [{ expires_at: expect.any(String) }],
    })
    const secrets = await db.query<{ secret: string }>(
      `select password as secret from auth.account union select token from auth.session
        union select identifier from auth.verification`,
    )
    for (const { secret } of secrets) expect(text).not.toContain(secret)
    for (const trace of [bob.userId, bob.word]) expect(text).not.toContain(trace)
  })

  test('of a user without an account has all but that', async () => {
    const ann = await clientOf(server)
    await ann.call('POST', '/tasks', { title: 'Buy milk' })
    const { body } = await ann.call('GET', '/export')
    expect(body).toMatchObject({ account: null, tasks: [{ id: 1, title: 'Buy milk' }], conversations: [] })
  })

  test('of 10,000 messages is read a page at a time, each when the one before has been taken', async () => {
    const { db } = server.context
    const userId = `user-${randomUUID()}`
    for (let i = 0; i < 20; i += 1) await storeConversation(db, userId, { turns: 250 })
    let asked = 0
    const counting = {
      ...db,
      query: <Row>(text: string, values?: unknown[]) => {
        asked += 1
        return db.query<Row>(text, values)
      },
    }
    let taken = 0
    let longest = 0
    let text = ''
    for await (const piece of exportUser(counting, userId, null)) {
      taken += 1
      // A list's beginning and end are pieces, too; beside pages: who is erased, the clock and the tables.
      expect(asked).toBeLessThanOrEqual(taken + 3)
      longest = Math.max(longest, piece.length)
      text += piece
    }
    const { messages } = JSON.parse(text)
    expect(new Set(messages.map((message: { id: string }) => message.id)).size).toBe(10_000)
    expect(longest).toBeLessThan(text.length / 50)
  })

  test('that nobody reads on asks nothing more of the database', async () => {
    const ann = await clientOf(server)
    await storeConversation(server.context.db, ann.userId, { turns: 400 })
    const reader = (await ann.open('GET', '/export')).body?.getReader()
    expect(await reader?.read()).toMatchObject({ done: false })
    await reader?.cancel()
    expect((await ann.call('GET', '/tasks')).status).toBe(200)
  })

  test('goes on while turns run: what was there before is all in it', async () => {
    const ann = await clientOf(server)
    await ann.say('Before')
    const running = await holdTurn({ replay }, ann)
    const pieces = exportUser(server.context.db, ann.userId, null)
    const begun = await pieces.next()
    running.release()
    await running.ended
    await ann.say('Meanwhile')
    let text = String(begun.value)
    for await (const piece of pieces) text += piece
    const { messages, turns, finished_at } = JSON.parse(text)
    const contents = messages.map((message: { content: string }) => message.content)
    expect(contents).toEqual(expect.arrayContaining(['Before', 'Fine.', 'First']))
    expect(turns.map((turn: { id: string }) => turn.id)).toContain(running.turn)
    expect(finished_at).toEqual(expect.any(String))
  })
})

const sorted = (row: Record<string, unknown>) => Object.fromEntries(Object.entries(row).toSorted())

describe('the export of a conversation', () => {
  async function talk(ann: Client) {
    replay.enqueue([
      toolCallStream('add_task', { title: 'Milk' }),
      textStream('Added.'),
      textStream('Bread it is.'),
    ])
    const { body: first } = await ann.say('Add milk')
    const { body: second } = await ann.say('Or ```bread```?', first.conversation_id)
    replay.enqueue([textStream('Cake.')])
    await ann.call('POST', `/turns/${second.turn_id}/versions`, { message: 'Or cake?' })
    await ann.call('PATCH', `/conversations/${first.conversation_id}`, { title: "Food & 'drink' / خوراک" })
    return { path: `/conversations/${first.conversation_id}/export`, second: second.turn_id }
  }

  test('has all versions in JSON, with the arguments and results of tools', async () => {
    const ann = await clientOf(server)
    const { path, second } = await talk(ann)
    await ann.call('PUT', `/turns/${second}/feedback`, { value: 'negative' })
    const { status, headers, body } = await ann.call('GET', path)
    expect([status, headers.get('content-disposition')]).toEqual([
      200,
      `attachment; filename="conversation.json"; filename*=UTF-8''Food%20%26%20%27drink%27%20%2F%20%D8%AE%D9%88%D8%B1%D8%A7%DA%A9.json`,
    ])
    expect(body.conversation.title).toBe("Food & 'drink' / خوراک")
    expect(body.turns).toMatchObject([
      {
        number: 1,
        live: true,
        message: 'Add milk',
        response: 'Added.',
        tool_calls: [{ name: 'add_task', arguments: { title: 'Milk' }, result: { title: 'Milk' } }],
      },
      { number: 2, live: false, message: 'Or ```bread```?', feedback: { value: 'negative' } },
      { number: 3, live: true, message: 'Or cake?', response: 'Cake.', feedback: null },
    ])
    expect(body.turns[2].parent_turn_id).toBe(body.turns[1].parent_turn_id)
  })

  test('is what is read in Markdown', async () => {
    const ann = await clientOf(server)
    const { path } = await talk(ann)
    const { body: whole } = await ann.call('GET', path)
    const result = JSON.stringify(whole.turns[0].tool_calls[0].result, null, 2)
    const { headers, body } = await ann.call('GET', `${path}?format=markdown`)
    expect(headers.get('content-type')).toBe('text/markdown; charset=utf-8')
    expect(headers.get('content-disposition')).toContain('.md')
    const text = String(body).replace(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'TIME')
    expect(text).toBe(`# Food & 'drink' / خوراک

## You · TIME UTC

Add milk

## Assistant · TIME UTC

**Tool \`add_task\`** · completed · TIME UTC

Arguments:

\`\`\`json
{
  "title": "Milk"
}
\`\`\`

Result:

\`\`\`json
${result}
\`\`\`

Added.

## You · TIME UTC

Or cake?

## Assistant · TIME UTC

Cake.
`)
  })

  test('of 400 turns is whole in both forms', async () => {
    const ann = await clientOf(server)
    const id = await storeConversation(server.context.db, ann.userId, { turns: 400, callEvery: 7 })
    const { body } = await ann.call('GET', `/conversations/${id}/export`)
    expect(body.turns.map((turn: { number: number }) => turn.number)).toEqual(
      Array.from({ length: 400 }, (_, i) => i + 1),
    )
    const markdown = String((await ann.call('GET', `/conversations/${id}/export?format=markdown`)).body)
    expect(markdown.match(/^(question|answer) \d+$/gm)).toHaveLength(800)
    expect(markdown.match(/^\*\*Tool/gm)).toHaveLength(57)
  })
})

describe('erasing a user', () => {
  test('asks for a typed confirmation, and without the right one does nothing', async () => {
    const [ann, bob] = [await settle(), await settle()]
    const before = await tracesOf(ann)
    for (const body of [
      undefined,
      {},
      { confirm: '' },
      { confirm: bob.email },
      { confirm: true },
      { confirm: '\0' },
      'yes',
    ]) {
      expect(await ann.call('DELETE', '', body)).toMatchObject({ status: 400, body: { code: 'invalid' } })
    }
    expect(await tracesOf(ann)).toEqual(before)
  })

  test('leaves nothing of theirs in any table, and everything of everyone else', async () => {
    const [ann, bob] = [await settle(), await settle()]
    const [bobsRows, bobsTraces] = [await rowsOf(server.context.db, bob.userId), await tracesOf(bob)]
    expect((await ann.call('DELETE', '', { confirm: ` ${ann.email.toUpperCase()} ` })).status).toBe(204)
    const traces = await tracesOf(ann)
    expect(traces).toEqual({ ...nothing(traces), 'colloquy.erased_users': 1 })
    expect(await rowsOf(server.context.db, bob.userId)).toEqual(bobsRows)
    expect(await tracesOf(bob)).toEqual(bobsTraces)
    expect((await bob.call('GET', '/tasks')).status).toBe(200)
  })

  test('makes tokens and sessions that were given out worthless, for reads and for writes', async () => {
    const ann = await settle()
    const shared = await clientOf(server, ann.userId, await tokenFor(ann.userId))
    expect((await ann.call('DELETE', '', { confirm: ann.userId })).status).toBe(204)
    const refused = { status: 401, body: { code: 'user_erased', status: 401 } }
    const requests: [method: string, path: string, body?: unknown][] = [
      ['POST', '/chat', { message: 'Still there?' }],
      ['GET', '/conversations'],
      ['POST', '/conversations', {}],
      ['GET', `/conversations/${ann.conversation}/messages`],
      ['GET', `/conversations/${ann.conversation}/export`],
      ['GET', `/turns/${ann.turn}`],
      ['GET', `/turns/${ann.turn}/events`],
      ['PUT', `/turns/${ann.turn}/feedback`, { value: 'positive' }],
      ['PUT', `/turns/${ann.turn}/cancellation`],
      ['GET', '/tasks'],
      ['POST', '/tasks', { title: 'Buy milk' }],
      ['GET', '/export'],
    ]
    for (const [method, path, body] of requests) {
      for (const client of [ann, shared])
        expect(await client.call(method, path, body), `${method} ${path}`).toMatchObject(refused)
    }
    expect((await accounts('/token', { headers: { cookie: ann.cookie } })).status).toBe(401)
    const traces = await tracesOf(ann)
    expect(traces).toEqual({ ...nothing(traces), 'colloquy.erased_users': 1 })
  })

  test('once more is the same, and the address is free for somebody new', async () => {
    const ann = await settle()
    for (let i = 0; i < 3; i += 1)
      expect((await ann.call('DELETE', '', { confirm: ann.email })).status).toBe(204)
    const { user } = await (await signUp(ann.email)).json()
    expect(user.id).not.toBe(ann.userId)
  })

  test('of an outside issuer takes all they have', async () => {
    const { engine, db } = server.context
    const userId = `acme:${randomUUID()}`
    await storeEverything(db, userId, 'marzipan')
    expect(await eraseUser(engine, userId)).toBe(true)
    const { 'colloquy.erased_users': tombstone, ...rows } = await rowsOf(db, userId)
    expect([tombstone?.length, Object.values(rows).flat()]).toEqual([1, []])
  })

  test('stops what runs and waits: the request to the model is closed, those who follow are told', async () => {
    const ann = await settle()
    const running = await holdTurn({ replay }, ann, { answer: textStream('Never ', 'heard.'), after: 1 })
    const waiting = await follow(ann, (await queue(ann, running.conversation)).turn)
    expect((await ann.call('DELETE', '', { confirm: ann.userId })).status).toBe(204)
    expect(await (await replay.request(0)).closed).toBe('early')
    expect(await running.ended).toMatchObject({ status: 'cancelled' })
    expect(await waiting.ended).toMatchObject({ status: 'cancelled' })
    running.release()
    const traces = await tracesOf(ann)
    expect(traces).toEqual({ ...nothing(traces), 'colloquy.erased_users': 1 })
  })

  async function queue(client: Client, conversation: string): Promise<{ turn: string }> {
    const events = { accept: 'text/event-stream' }
    const body = { message: 'Second', conversation_id: conversation }
    void (await client.open('POST', '/chat', body, events)).body?.cancel()
    const list = () => client.call('GET', `/conversations/${conversation}/turns?status=queued`)
    await expect.poll(async () => (await list()).body.length, patiently).toBe(1)
    return { turn: (await list()).body[0].id }
  }

  test.each([0, 1, 3, 6])('that ends after %i batches is gone on with by the pulse', async batches => {
    const ann = await settle()
    const { db, engine } = server.context
    await beginErasure(db, ann.userId)
    for (let i = 0; i < batches; i += 1) expect(await eraseBatch(db, ann.userId, 20)).toBe(20)
    expect(await listUnfinishedErasures(db, 99)).toContain(ann.userId)
    expect(await ann.call('GET', '/tasks')).toMatchObject({ status: 401, body: { code: 'user_erased' } })
    await sweep(engine)
    const traces = await tracesOf(ann)
    expect(traces).toEqual({ ...nothing(traces), 'colloquy.erased_users': 1 })
    expect(await listUnfinishedErasures(db, 99)).not.toContain(ann.userId)
  })

  test('that ended in the middle is gone on with by whoever asks again', async () => {
    const ann = await settle()
    await beginErasure(server.context.db, ann.userId)
    await eraseBatch(server.context.db, ann.userId, 20)
    expect((await ann.call('DELETE', '', { confirm: ann.email })).status).toBe(204)
    const traces = await tracesOf(ann)
    expect(traces).toEqual({ ...nothing(traces), 'colloquy.erased_users': 1 })
  })

  test('takes nothing of one who was not erased', async () => {
    const ann = await settle()
    const before = await tracesOf(ann)
    await expect(eraseBatch(server.context.db, ann.userId, 20)).rejects.toThrow('Only who is erased')
    expect(await tracesOf(ann)).toEqual(before)
  })
})

describe.skipIf(inject('engine') === 'pglite')('erasing a user of several processes', () => {
  test('waits for who was let in a moment before, and leaves nothing of theirs either', async () => {
    const ann = await settle()
    const { db } = server.context
    const letIn = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const writing = withUser(db, ann.userId, async tx => {
      letIn.resolve()
      await goOn.promise
      await tx.execute(`insert into colloquy.conversations (user_id, id, title)
        values ('${ann.userId}', gen_random_uuid(), 'Late')`)
    })
    await letIn.promise
    const erasing = ann.call('DELETE', '', { confirm: ann.userId })
    await expect.poll(() => waitsForLock(), patiently).toBe(true)
    goOn.resolve()
    await writing
    expect((await erasing).status).toBe(204)
    const traces = await tracesOf(ann)
    expect(traces).toEqual({ ...nothing(traces), 'colloquy.erased_users': 1 })
  })

  async function waitsForLock(): Promise<boolean> {
    const waiting = await server.context.db.query(
      `select from pg_locks where locktype = 'advisory' and classid = 7401 and not granted`,
    )
    return waiting.length > 0
  }

  test('stops their turns on the other one at its next beat, and its followers are told', async () => {
    await using there = await startServerAt(place, modelAt(replay))
    const ann = await settle()
    const annThere = await clientOf(there, ann.userId)
    const running = await holdTurn({ replay }, annThere, { answer: textStream('Never ', 'heard.'), after: 1 })
    const followed = await follow(ann, running.turn)
    expect((await ann.call('DELETE', '', { confirm: ann.userId })).status).toBe(204)
    await beat(there.context.engine)
    expect(await (await replay.request(0)).closed).toBe('early')
    expect(await running.ended).toMatchObject({ status: 'cancelled' })
    expect(await followed.ended).toMatchObject({ status: 'cancelled' })
    running.release()
    // What it had said and not yet flushed may come after; nobody's deltas are removed by the sweep.
    const { 'colloquy.turn_deltas': _, ...traces } = await tracesOf(ann)
    expect(traces).toEqual({ ...nothing(traces), 'colloquy.erased_users': 1 })
  })
})
