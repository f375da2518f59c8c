import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClient } from '../client/client.ts'
import { ApiError, type Settings } from '../client/connection.ts'
import type { Part, TurnEvent } from '../client/contract.ts'
import { showEvent } from '../client/turn-events.ts'
import { type CuttableProxy, openCuttableProxy } from './support/cuttable-proxy.ts'
import { freePort } from './support/postgres-server.ts'
import { held, textStream, toolCallStream } from './support/replay-answers.ts'
import { type ReplayServer, startReplayServer } from './support/replay-server.ts'
import {
  clientOf,
  openPlace,
  startServer,
  startServerProcess,
  type TestServer,
  testSecret,
} from './support/server.ts'

let replay: ReplayServer
let server: TestServer
let proxy: CuttableProxy
beforeAll(async () => {
  replay = await startReplayServer()
  server = await startServer({ MODEL: 'compatible/test', MODEL_BASE_URL: replay.url })
  proxy = await openCuttableProxy(server.url)
})
afterAll(async () => {
  await proxy?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
  await replay?.[Symbol.asyncDispose]()
})

/** A user of its own, as a program that was given the client would be. */
async function newClient(url = server.url, settings: Partial<Settings> = {}) {
  const { userId, token } = await clientOf(server)
  return createClient({ url, userId, token, ...settings })
}

interface Watched {
  events: TurnEvent[]
  parts: readonly Part[]
}

async function watch(events: AsyncIterable<TurnEvent>, see: (event: TurnEvent) => unknown = () => {}) {
  const watched: Watched = { events: [], parts: [] }
  for await (const event of events) {
    watched.events.push(event)
    watched.parts = showEvent(watched.parts, event)
    await see(event)
  }
  return watched
}

const textOf = ({ parts }: Watched) => parts.map(part => (part.type === 'text' ? part.text : '')).join('')

const problemOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    error => (error instanceof ApiError ? error.problem : error),
  )

test('is at most 300 lines and takes nothing of the server along', () => {
  const folder = new URL('../client/', import.meta.url)
  const texts = readdirSync(folder).map(file => readFileSync(new URL(file, folder), 'utf8'))
  expect(texts.join('').split('\n').length - 1).toBeLessThanOrEqual(300)
  const imports = texts.flatMap(text => text.match(/^(import|export) .* from '.*'$/gm) ?? [])
  expect(imports.filter(line => line.includes('../server/')).length).toBeGreaterThan(5)
  expect(imports.filter(line => !/^\w+ type |from '\.\//.test(line))).toEqual([])
})

describe('over a network that works', () => {
  test('says something and gets the answer', async () => {
    const client = await newClient()
    replay.enqueue([toolCallStream('add_task', { title: 'Buy milk' }), textStream('Added ', 'it.')])
    const answer = await client.chat('Buy milk', { timeZone: 'Asia/Karachi' })
    expect(answer).toMatchObject({ status: 'completed', response: 'Added it.' })
    expect(answer.tool_calls).toMatchObject([{ name: 'add_task', status: 'completed' }])
    expect(await client.turn(answer.turn_id)).toMatchObject({ status: 'completed', message: 'Buy milk' })
    const conversation = await client.conversations.read(answer.conversation_id)
    expect(conversation).toMatchObject({ archived: false, head_turn_id: answer.turn_id })
    const { items } = await client.conversations.messages(answer.conversation_id)
    expect(items.map(({ role, content }) => [role, content])).toEqual([
      ['user', 'Buy milk'],
      ['assistant', 'Added it.'],
    ])
    expect(await client.conversations.update(conversation.id, { title: 'Milk' })).toMatchObject({
      title: 'Milk',
    })
    expect((await client.conversations.page({ q: 'Milk' })).items).toMatchObject([{ title: 'Milk' }])
    await client.conversations.remove(conversation.id)
    expect((await client.conversations.page()).items).toEqual([])
  })

  test('gets the answer as it is made, and what it shows is the answer', async () => {
    const client = await newClient()
    replay.enqueue([toolCallStream('add_task', { title: 'Buy milk' }), textStream('Added ', 'it.')])
    const watched = await watch(client.stream('Buy milk'))
    expect(watched.events.at(-1)).toMatchObject({ type: 'turn.completed', response: textOf(watched) })
    expect(watched.parts).toMatchObject([
      { type: 'tool_call', tool_call: { name: 'add_task', status: 'completed' } },
      { type: 'text', text: 'Added it.' },
    ])
    const again = await watch(client.follow(watched.events[0]?.turn_id ?? ''))
    expect(again.parts).toEqual(watched.parts)
  })

  test('works with tasks, page by page', async () => {
    const client = await newClient()
    for (const title of ['a', 'b', 'c']) await client.tasks.add({ title })
    const titles: string[] = []
    let next: (() => ReturnType<typeof client.tasks.page>) | undefined = () =>
      client.tasks.page({ sort: 'title', limit: 2 })
    while (next) {
      const page: Awaited<ReturnType<typeof client.tasks.page>> = await next()
      titles.push(...page.items.map(({ title }) => title))
      next = page.next
    }
    expect(titles).toEqual(['a', 'b', 'c'])
    expect(await client.tasks.update(1, { priority: 'high' })).toMatchObject({ priority: 'high' })
    expect(await client.tasks.complete(1)).toMatchObject({ completed: true })
    expect(await client.tasks.complete(1, false)).toMatchObject({ completed: false })
    await client.tasks.remove(2)
    expect(await problemOf(client.tasks.read(2))).toMatchObject({ status: 404, code: 'task_not_found' })
  })

  test.each([true, false])('gives a verdict and follows what comes of it: %s', async approved => {
    const client = await newClient()
    await client.tasks.add({ title: 'Buy milk' })
    replay.enqueue([toolCallStream('delete_task', { task_id: 1 })])
    const asked = await client.chat('Delete it')
    expect(asked).toMatchObject({
      status: 'awaiting_approval',
      tool_calls: [{ status: 'awaiting_approval' }],
    })
    replay.enqueue([textStream('As you say.')])
    await client.approve(asked.tool_calls[0]?.id ?? '', approved, 'Not now')
    const watched = await watch(client.follow(asked.turn_id))
    const became = approved ? { status: 'completed' } : { status: 'denied', result: { reason: 'Not now' } }
    expect(watched.events.at(-1)).toMatchObject({ type: 'turn.completed', tool_calls: [became] })
    expect((await client.tasks.page()).items).toHaveLength(approved ? 0 : 1)
  })

  test('stops a turn; the text so far stays', async () => {
    const client = await newClient()
    replay.enqueue([held(textStream('So ', 'far.'), { after: 1 })])
    const watched = await watch(client.stream('Go on'), async event => {
      if (event.type === 'text.delta') await client.cancel(event.turn_id)
    })
    expect(watched.events.at(-1)).toMatchObject({ type: 'turn.cancelled', response: 'So ' })
  })

  test('stops watching without stopping the turn', async () => {
    const client = await newClient()
    const answer = held(textStream('So ', 'far.'), { after: 1 })
    replay.enqueue([answer])
    const stop = new AbortController()
    let turnId = ''
    const watching = watch(client.stream('Go on', { signal: stop.signal }), event => {
      turnId = event.turn_id
      if (event.type === 'text.delta') stop.abort(new Error('enough'))
    })
    await expect(watching).rejects.toThrow('enough')
    answer.release()
    const watched = await watch(client.follow(turnId))
    expect(watched.events.at(-1)).toMatchObject({ type: 'turn.completed', response: 'So far.' })
  })

  test('says what the server has against a request', async () => {
    const client = await newClient()
    expect(await problemOf(client.chat(' '))).toMatchObject({ status: 400, code: 'invalid' })
    expect(await problemOf(client.turn(crypto.randomUUID()))).toMatchObject({ code: 'turn_not_found' })
    expect(await problemOf(watch(client.follow(crypto.randomUUID())))).toMatchObject({
      code: 'turn_not_found',
    })
    const said = { idempotencyKey: 'one' }
    replay.enqueue([textStream('Hello.')])
    const { turn_id } = await client.chat('Hello', said)
    expect(await client.chat('Hello', said)).toMatchObject({ turn_id })
    expect(await problemOf(client.chat('Another', said))).toMatchObject({ code: 'idempotency_mismatch' })
    const guest = await newClient(server.url, { token: () => 'garbage' })
    expect(await problemOf(guest.tasks.page())).toMatchObject({ status: 401, code: 'invalid_token' })
  })
})

describe('over a network that fails', () => {
  test('goes on watching where it was cut off, as often as it is', async () => {
    const client = await newClient(proxy.url)
    const first = held(textStream('One, ', 'two, ', 'three.'), { after: 1 })
    replay.enqueue([first])
    let cuts = 0
    const watched = await watch(client.stream('Count'), event => {
      if (event.type !== 'text.delta' && event.type !== 'turn.snapshot') return
      if (cuts < 3) {
        cuts += 1
        proxy.cut()
      } else first.release()
    })
    expect(cuts).toBe(3)
    expect(watched.events.filter(({ type }) => type === 'turn.snapshot').length).toBeGreaterThanOrEqual(3)
    expect([textOf(watched), watched.events.at(-1)]).toMatchObject([
      'One, two, three.',
      { type: 'turn.completed', response: 'One, two, three.' },
    ])
  })

  test.each(['chat', 'stream'] as const)('says a thing once though the answer was lost: %s', async how => {
    const client = await newClient(proxy.url)
    replay.enqueue([textStream('Hello.')])
    proxy.loseNextAnswer()
    const before = proxy.lostAnswers
    if (how === 'chat') expect(await client.chat('Hello')).toMatchObject({ response: 'Hello.' })
    else expect(textOf(await watch(client.stream('Hello')))).toBe('Hello.')
    expect(proxy.lostAnswers - before).toBe(1)
    const { items } = await client.conversations.page()
    expect(items).toHaveLength(1)
    expect((await client.conversations.messages(items[0]?.id ?? '')).items).toHaveLength(2)
  })

  test('does not add a task twice', async () => {
    const client = await newClient(proxy.url)
    proxy.loseNextAnswer()
    await expect(client.tasks.add({ title: 'Once' })).rejects.toThrow('connection')
    expect((await client.tasks.page()).items).toMatchObject([{ title: 'Once' }])
  })

  test('gives up when its patience is over', async () => {
    const client = await newClient('http://127.0.0.1:1', { patienceMs: 200 })
    await expect(client.tasks.page()).rejects.toThrow('connection')
    await expect(watch(client.stream('Hello'))).rejects.toThrow('connection')
  })
})

test('waits for an answer that takes longer than a request may', { timeout: 120_000 }, async () => {
  await using slow = await startServer({
    MODEL: 'compatible/test',
    MODEL_BASE_URL: replay.url,
    RESPONSE_WAIT_SECONDS: '0',
  })
  const client = await newClient(slow.url)
  const answer = held(textStream('Here ', 'it is.'), { after: 1 })
  replay.enqueue([answer])
  answer.reached.then(answer.release)
  expect(await client.chat('Think')).toMatchObject({ status: 'completed', response: 'Here it is.' })
})

test('goes on through kill -9 of the server, and what was done is not done twice', {
  timeout: 120_000,
}, async () => {
  await using place = await openPlace()
  const cut = held(textStream('Added ', 'it.'), { after: 1 })
  const settings = {
    PORT: String(await freePort()),
    BETTER_AUTH_SECRET: testSecret,
    MODEL: 'compatible/test',
    MODEL_BASE_URL: replay.url,
  }
  const first = await startServerProcess(place, settings)
  replay.enqueue([toolCallStream('add_task', { title: 'Buy milk' }), cut, textStream('It is on your list.')])
  const client = await newClient(first.url, { patienceMs: 100_000 })
  const servers = [first]
  const watched = await watch(client.stream('Milk!'), async event => {
    if (event.type !== 'text.delta' || servers.length > 1) return
    first.child.kill('SIGKILL')
    await first.ended
    cut.release()
    servers.push(await startServerProcess(place, settings))
  })
  expect(watched.events.at(-1)).toMatchObject({ type: 'turn.completed', response: 'It is on your list.' })
  expect(textOf(watched)).toBe('It is on your list.')
  expect((await client.tasks.page()).items).toMatchObject([{ id: 1, title: 'Buy milk' }])
  await servers.at(-1)?.[Symbol.asyncDispose]()
})
