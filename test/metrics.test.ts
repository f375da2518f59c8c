import { afterAll, beforeAll, expect, test } from 'vitest'
import { textStream, toolCallStream } from './support/replay-answers.ts'
import { type ReplayServer, startReplayServer } from './support/replay-server.ts'
import { readScrape } from './support/scrape.ts'
import { type Client, clientOf, startServer, type TestServer } from './support/server.ts'

let provider: ReplayServer
let server: TestServer
let ann: Client
beforeAll(async () => {
  provider = await startReplayServer()
  provider.otherwise(({ body }) => {
    const words = JSON.stringify(body.messages)
    return words.includes('add it') && !words.includes('tool_call_id')
      ? toolCallStream('add_task', { title: 'Milk' })
      : textStream('Done.')
  })
  server = await startServer({
    MODEL: 'compatible/walker',
    MODEL_BASE_URL: provider.url,
    SHUTDOWN_GRACE_SECONDS: '0',
  })
  ann = await clientOf(server)
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await provider?.[Symbol.asyncDispose]()
})

const scrape = (headers: Record<string, string> = {}) => fetch(`${server.url}/metrics`, { headers })

test('after a walk the metrics say what happened in it', async () => {
  const said = await ann.say('Hello')
  expect(said.status).toBe(200)
  await ann.say('add it', said.body.conversation_id)
  await ann.call('GET', '/tasks')
  expect((await ann.call('GET', '/tasks/999')).status).toBe(404)
  expect((await ann.call('GET', '/nothing')).status).toBe(404)
  await fetch(`${server.url}/api/${ann.userId}/tasks`)

  const scraped = await readScrape(await scrape())
  expect(scraped.get('colloquy_turns_accepted_total', { kind: 'message', outcome: 'started' })).toBe(2)
  expect(scraped.get('colloquy_turns_ended_total', { kind: 'message', status: 'completed' })).toBe(2)
  expect(scraped.get('colloquy_turn_duration_seconds_count', { status: 'completed' })).toBe(2)
  expect(scraped.get('colloquy_turn_first_delta_seconds_count')).toBe(2)
  expect(scraped.get('colloquy_step_duration_seconds_count', { model: 'walker', outcome: 'completed' })).toBe(
    3,
  )
  expect(scraped.get('colloquy_tool_duration_seconds_count', { tool: 'add_task', status: 'completed' })).toBe(
    1,
  )
  expect(
    scraped.get('colloquy_model_tokens_total', { model: 'walker', direction: 'output' }),
  ).toBeGreaterThan(0)
  const post = { method: 'POST', route: '/api/:user_id/chat', status: '200' }
  expect(scraped.get('colloquy_requests_total', post)).toBe(2)
  const list = { method: 'GET', route: '/api/:user_id/tasks' }
  expect(scraped.get('colloquy_requests_total', { ...list, status: '200' })).toBe(1)
  expect(scraped.get('colloquy_requests_total', { ...list, status: '401' })).toBe(1)
  expect(scraped.get('colloquy_request_duration_seconds_count', list)).toBe(2)
  expect(scraped.get('colloquy_refusals_total', { code: 'task_not_found' })).toBe(1)
  expect(scraped.get('colloquy_refusals_total', { code: 'unauthenticated' })).toBe(1)
  for (const state of ['queued', 'running', 'ownerless'])
    expect([state, scraped.get('colloquy_turns_open', { state })]).toEqual([state, 0])
  expect(scraped.get('colloquy_turns_live')).toBe(0)
  expect(scraped.get('colloquy_streams_open')).toBe(0)
  expect(scraped.get('colloquy_draining')).toBe(0)
  expect(scraped.get('colloquy_pulse_lag_seconds')).toBeGreaterThanOrEqual(0)
  expect(scraped.get('process_resident_memory_bytes')).toBeGreaterThan(0)
  if (server.context.db.engine === 'postgres') {
    expect(scraped.get('colloquy_database_waiting', { pool: 'requests' })).toBe(0)
    const open = ['in_use', 'idle'].map(state =>
      Number(scraped.get('colloquy_database_connections', { pool: 'requests', state })),
    )
    expect(open.reduce((sum, count) => sum + count)).toBeGreaterThan(0)
  }
})

test('whoever asks for whatever, the series stay as few and name nobody', async () => {
  const walk = async (client: Client, i: number) => {
    await client.call('GET', `/tasks/${i + 1}`)
    await client.call('GET', `/secret-place-${i}`)
    await fetch(`${server.url}/assets/secret-${i}.js`, { headers: { 'x-request-id': `request-${i}` } })
    await fetch(`${server.url}/${i}`, { method: 'PROPFIND' })
  }
  await walk(ann, 0)
  await scrape()
  const before = await readScrape(await scrape())
  const others = await Promise.all(Array.from({ length: 20 }, () => clientOf(server)))
  for (const [i, other] of others.entries()) await walk(other, i + 1)
  const after = await readScrape(await scrape())
  expect(after.series).toBe(before.series)
  for (const named of [
    ann.userId,
    ...others.map(each => each.userId),
    'secret-',
    'request-1',
    'Milk',
    'Hello',
  ])
    expect(after.text).not.toContain(named)
})

test('without a token only the machine itself is answered', async () => {
  expect((await scrape()).status).toBe(200)
  for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'])
    expect([name, (await scrape({ [name]: '127.0.0.1' })).status]).toEqual([name, 404])
})

test('with a token only who has it is answered', async () => {
  const token = 'a-token-for-metrics'
  await using guarded = await startServer({ METRICS_TOKEN: token })
  const ask = (authorization?: string) =>
    fetch(`${guarded.url}/metrics`, { headers: authorization ? { authorization } : {} })
  expect((await ask()).status).toBe(401)
  expect((await ask(`Bearer ${token}x`)).status).toBe(401)
  expect((await ask(`Bearer ${ann.token}`)).status).toBe(401)
  const answer = await ask(`Bearer ${token}`)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
})
