import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readScrape } from './support/scrape.ts'
import { type Client, clientOf, startServer, type TestServer } from './support/server.ts'

let server: TestServer
let ann: Client
beforeAll(async () => {
  server = await startServer()
  ann = await clientOf(server)
})
afterAll(() => server?.[Symbol.asyncDispose]())

interface Asked {
  path: string
  body?: string
  isChunked?: boolean
}

/** As a proxy in front asks: all on one connection, as long as the server keeps it. */
function ask(agent: Agent, { path, body, isChunked = false }: Asked) {
  const length = body && !isChunked ? { 'content-length': String(Buffer.byteLength(body)) } : {}
  return new Promise<{ status: number | undefined; isReused: boolean }>((resolve, reject) => {
    const sent = request(server.url + path, {
      method: body ? 'POST' : 'GET',
      agent,
      headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json', ...length },
    })
    sent.on('response', async response => {
      await text(response)
      resolve({ status: response.statusCode, isReused: sent.reusedSocket })
    })
    sent.on('error', reject)
    if (isChunked) sent.write(body?.slice(0, 10))
    sent.end(isChunked ? body?.slice(10) : body)
  })
}

test.each([
  ['an account', '/api/auth/sign-in/email', 200_000, false],
  ['an account, in pieces', '/api/auth/sign-in/email', 200_000, true],
  ['the API', '/api/:user/tasks', 2_000_000, false],
  ['the API, in pieces', '/api/:user/tasks', 2_000_000, true],
  ['a protocol, in pieces', '/ag-ui', 9_000_000, true],
])('a body too large for %s costs no later request its connection', async (_, path, bytes, isChunked) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const body = `"${'x'.repeat(bytes)}"`
  const refused = { path: path.replace(':user', ann.userId), body, isChunked }
  expect((await ask(agent, refused)).status).toBe(413)
  // Whatever the server still does about the rest of that body, it does within a second.
  const until = performance.now() + 1_000
  while (performance.now() < until) {
    expect((await ask(agent, { path: '/healthz' })).status).toBe(200)
    await wait(5)
  }
  agent.destroy()
})

test('who leaves in the middle of a body is not taken for a database that is away', async () => {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  const head = [
    `POST /api/${ann.userId}/tasks HTTP/1.1`,
    'host: localhost',
    `authorization: Bearer ${ann.token}`,
    'content-type: application/json',
    'transfer-encoding: chunked',
  ]
  const body = '100\r\n{"title":'
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`, () => setTimeout(() => socket.destroy(), 50))
  const refusals = async (code: string) =>
    (await readScrape(await fetch(`${server.url}/metrics`))).get('colloquy_refusals_total', { code })
  await expect.poll(() => refusals('invalid')).toBe(1)
  expect(await refusals('database_unavailable')).toBeUndefined()
})
