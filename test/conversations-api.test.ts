import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { held, textStream, toolCallStream } from './support/replay-answers.ts'
import { type ReplayServer, startReplayServer } from './support/replay-server.ts'
import { type Answered, type Client, clientOf, startServer, type TestServer } from './support/server.ts'
import { storeConversation } from './support/stored-conversation.ts'

let replay: ReplayServer
let server: TestServer
let ann: Client
beforeAll(async () => {
  replay = await startReplayServer()
  server = await startServer({ MODEL: 'compatible/test', MODEL_BASE_URL: replay.url })
})
beforeEach(async () => {
  replay.otherwise(textStream('Fine.'))
  ann = await clientOf(server)
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await replay?.[Symbol.asyncDispose]()
})

interface Listed {
  id: string
  title: string
  seq: number
}

/** Where a `Link` header sends a client, without `/api/{user_id}`. */
function linkOf({ headers }: Answered, rel: 'next' | 'prev'): string | undefined {
  const link = headers
    .get('link')
    ?.split(', ')
    .find(each => each.endsWith(`rel="${rel}"`))
  return link && /^<\/api\/[^/]+(\/[^>]+)>/.exec(link)?.[1]
}

/** Everything that the links of one direction lead to, page by page. */
async function pagesFrom(path: string, rel: 'next' | 'prev'): Promise<Listed[][]> {
  const pages: Listed[][] = []
  for (let at: string | undefined = path; at; ) {
    const answer: Answered = await ann.call('GET', at)
    expect(answer.status).toBe(200)
    pages.push(answer.body)
    at = linkOf(answer, rel)
  }
  return pages
}

const titles = async (query: string) =>
  (await ann.call('GET', `/conversations?${query}`)).body.map((each: Listed) => each.title)

describe('a conversation', () => {
  test('is made empty, with a title or without, and read', async () => {
    const made = await ann.call('POST', '/conversations', { title: '  Plans ' })
    expect(made).toMatchObject({
      status: 201,
      body: { title: 'Plans', archived: false, active_turn_id: null, head_turn_id: null },
    })
    expect((await ann.call('GET', `/conversations/${made.body.id}`)).body).toEqual(made.body)
    expect((await ann.call('GET', `/conversations/${made.body.id}/messages`)).body).toEqual([])
    expect((await ann.call('POST', '/conversations', {})).body.title).toBe('New conversation')
  })

  test('is renamed, archived and brought back', async () => {
    const { body: made } = await ann.call('POST', '/conversations', { title: 'Plans' })
    const path = `/conversations/${made.id}`
    const renamed = await ann.call('PATCH', path, { title: 'Better plans' })
    expect(renamed).toMatchObject({
      status: 200,
      body: { id: made.id, title: 'Better plans', archived: false },
    })
    expect((await ann.call('PATCH', path, { archived: true })).body).toMatchObject({ archived: true })
    expect([await titles(''), await titles('archived=true')]).toEqual([[], ['Better plans']])
    expect((await ann.say('Still there?', made.id)).body.response).toBe('Fine.')
    expect((await ann.call('PATCH', path, { archived: false })).body).toMatchObject({ archived: false })
    expect(await titles('')).toEqual(['Better plans'])
  })

  test('is deleted with all that was said, and nothing of it is found after', async () => {
    replay.enqueue([toolCallStream('add_task', { title: 'Milk' }), textStream('Added.')])
    const { body: said } = await ann.say('Add milk')
    const path = `/conversations/${said.conversation_id}`
    expect((await ann.call('DELETE', path)).status).toBe(204)
    expect((await ann.call('DELETE', path)).body.code).toBe('conversation_not_found')
    expect((await ann.call('GET', `/turns/${said.turn_id}`)).body.code).toBe('turn_not_found')
    expect((await ann.say('Hi', said.conversation_id)).body.code).toBe('conversation_not_found')
    expect(await titles('archived=true')).toEqual([])
    for (const table of ['turns', 'messages', 'tool_calls']) {
      const rows = await server.context.db.query(`select from colloquy.${table} where user_id = $1`, [
        ann.userId,
      ])
      expect(rows, table).toEqual([])
    }
    expect((await ann.call('GET', '/tasks')).body, 'what its tools did stays').toMatchObject([
      { title: 'Milk' },
    ])
  })

  test('is deleted while its turn runs: the turn ends as cancelled, its request to the model is closed', async () => {
    const answering = held(textStream('Never ', 'heard.'), { after: 1 })
    replay.requests.length = 0
    replay.enqueue([answering])
    const { body: made } = await ann.call('POST', '/conversations', {})
    const answered = ann.say('Hi', made.id)
    await answering.reached
    expect((await ann.call('DELETE', `/conversations/${made.id}`)).status).toBe(204)
    expect((await answered).body).toMatchObject({ status: 'cancelled', tool_calls: [] })
    expect(await (await replay.request(0)).closed).toBe('early')
    answering.release()
  })
})

describe('the list of conversations', () => {
  test('has the newest activity first', async () => {
    for (const message of ['one', 'two', 'three']) await ann.say(message)
    const [, , { id }] = (await ann.call('GET', '/conversations')).body
    await ann.say('again', id)
    expect(await titles('')).toEqual(['one', 'three', 'two'])
  })

  test('is found by words of titles and of messages, in any case, and by nothing else', async () => {
    replay.enqueue([
      textStream('Zebras have stripes.'),
      textStream('100% sure.'),
      textStream('An under_score.'),
    ])
    for (const message of ['About animals', 'About numbers', 'About signs']) await ann.say(message)
    const bob = await clientOf(server)
    await bob.say('About zebras of mine')
    expect(await titles('q=ABOUT')).toEqual(['About signs', 'About numbers', 'About animals'])
    expect(await titles('q=zebra')).toEqual(['About animals'])
    expect(await titles('q=%25')).toEqual(['About numbers'])
    expect(await titles('q=r_s')).toEqual(['About signs'])
    expect(await titles('q=%5C')).toEqual([])
    expect(await titles('q=mine')).toEqual([])
    expect(await titles('q=about&limit=1')).toEqual(['About signs'])
  })

  test('finds no message of a version that is not read', async () => {
    replay.enqueue([textStream('Zebras.'), textStream('Lions.')])
    const { body } = await ann.say('Animals')
    await ann.call('POST', `/turns/${body.turn_id}/versions`, {})
    expect([await titles('q=zebras'), await titles('q=lions')]).toEqual([[], ['Animals']])
  })

  test('of 120 is paged through, each once, also where many share a time', async () => {
    // Groups of a millisecond, within which the order of times and that of ids are not the same.
    await server.context.db.query(
      `insert into colloquy.conversations (user_id, id, title, updated_at)
       select $1, gen_random_uuid(), 'c' || n,
              timestamptz '2026-01-01' + (n / 7) * interval '1 ms' + (n % 3) * interval '100 us'
         from generate_series(1, 120) n`,
      [ann.userId],
    )
    const expected = await server.context.db.query<{ title: string }>(
      'select title from colloquy.conversations where user_id = $1 order by updated_at desc, id desc',
      [ann.userId],
    )
    const pages = await pagesFrom('/conversations?limit=50', 'next')
    expect(pages.flat().map(each => each.title)).toEqual(expected.map(each => each.title))
    expect(pages.map(page => page.length)).toEqual([50, 50, 20])
    const ones = await pagesFrom('/conversations?limit=1&q=c1', 'next')
    expect(ones.flat().map(each => each.title)).toEqual(
      expected.map(each => each.title).filter(title => title.startsWith('c1')),
    )
  })
})

describe('the messages of a conversation', () => {
  let conversation: string
  beforeEach(async () => {
    conversation = await storeConversation(server.context.db, ann.userId, { turns: 60, callEvery: 10 })
  })
  const seqs = (pages: Listed[][]) => pages.map(page => [page[0]?.seq, page.at(-1)?.seq])

  test('of 120 are read from the newest back to the first', async () => {
    const pages = await pagesFrom(`/conversations/${conversation}/messages`, 'prev')
    expect(seqs(pages)).toEqual([
      [71, 120],
      [21, 70],
      [1, 20],
    ])
    for (const page of pages) {
      const order = page.map(each => each.seq)
      expect(order).toEqual(order.toSorted((a, b) => a - b))
    }
    expect(new Set(pages.flat().map(each => each.id)).size).toBe(120)
  })

  test('of 120 are read from the first on to the newest', async () => {
    const pages = await pagesFrom(`/conversations/${conversation}/messages?after=0&limit=50`, 'next')
    expect(seqs(pages)).toEqual([
      [1, 50],
      [51, 100],
      [101, 120],
    ])
  })

  test('have links to both sides in the middle, and none where nothing is', async () => {
    const path = `/conversations/${conversation}/messages`
    const middle = await ann.call('GET', `${path}?before=61&limit=20`)
    expect(middle.body.map((each: Listed) => each.seq)).toEqual(Array.from({ length: 20 }, (_, i) => 41 + i))
    expect([linkOf(middle, 'prev'), linkOf(middle, 'next')]).toEqual([
      `${path}?limit=20&before=41`,
      `${path}?limit=20&after=60`,
    ])
    const whole = await ann.call('GET', `${path}?limit=200`)
    expect([whole.body.length, whole.headers.get('link')]).toEqual([120, null])
    expect((await ann.call('GET', `${path}?after=120`)).body).toEqual([])
  })

  test('carry the tool calls of their turn, on the answer alone', async () => {
    const { body } = await ann.call('GET', `/conversations/${conversation}/messages?before=41&limit=4`)
    const calls = body.map((each: { seq: number; tool_calls: { result: unknown }[] }) => [
      each.seq,
      each.tool_calls.map(call => call.result),
    ])
    expect(calls).toEqual([
      [37, []],
      [38, []],
      [39, []],
      [40, [{ tasks: [], of_turn: 20 }]],
    ])
  })

  test('of a conversation that is not there are not found, whatever the page', async () => {
    const answer = await ann.call('GET', `/conversations/${randomUUID()}/messages?after=3`)
    expect([answer.status, answer.body.code]).toEqual([404, 'conversation_not_found'])
  })
})
