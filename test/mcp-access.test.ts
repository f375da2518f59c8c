import { request } from 'node:http'
import fc from 'fast-check'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../server/app.ts'
import { openNewClient, postMcp } from './support/mcp-clients.ts'
import {
  type Client,
  clientOf,
  startServer,
  type TestServer,
  testSecret,
  tokenFor,
} from './support/server.ts'
import { watchDatabase } from './support/statements-asked.ts'

let server: TestServer
let ann: Client
beforeAll(async () => {
  const issuer = 'https://login.example.com'
  const trusted = [{ prefix: 'work', issuer, jwks_url: `${issuer}/jwks`, algorithms: ['RS256'] }]
  server = await startServer({ TRUSTED_ISSUERS: JSON.stringify(trusted) })
  ann = await clientOf(server)
})
afterAll(() => server?.[Symbol.asyncDispose]())

const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }
const call = (name: string, args: unknown) => ({
  ...list,
  method: 'tools/call',
  params: { name, arguments: args },
})

const headersOf = (token: string | undefined) => ({
  ...(token !== undefined && { authorization: token }),
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
})

const post = (body: unknown, headers: Record<string, string> = headersOf(`Bearer ${ann.token}`)) =>
  fetch(`${server.url}/mcp`, { method: 'POST', headers, body: JSON.stringify(body) })

const expiredToken = () =>
  new SignJWT({ sub: 'ann', exp: 1 })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(testSecret))

describe('who brings no valid token', () => {
  test.each([
    ['none', undefined, 'unauthenticated', undefined],
    ['another scheme', 'Basic YTpi', 'unauthenticated', undefined],
    ['garbage', 'Bearer garbage', 'invalid_token', 'invalid_token'],
    ['one of another secret', tokenFor('ann', `${'x'.repeat(40)}`), 'invalid_token', 'invalid_token'],
    ['an expired one', expiredToken(), 'token_expired', 'invalid_token'],
  ])('is shown where to get one, and nothing is looked at: %s', async (_, given, code, error) => {
    const token = await given
    const authorization = token?.includes('.') ? `Bearer ${token}` : token
    const database = watchDatabase(server.context.db)
    const app = createApp(server.context)
    const { result: answer, uses } = await database.during(() =>
      app.request('/mcp', {
        method: 'POST',
        headers: { ...headersOf(authorization), host: new URL(server.url).host },
        body: JSON.stringify(call('list_tasks', {})),
      }),
    )
    expect([answer.status, uses]).toEqual([401, []])
    expect((await answer.json()).code).toBe(code)
    const metadata = `resource_metadata="${server.url}/.well-known/oauth-protected-resource/mcp"`
    expect(answer.headers.get('www-authenticate')).toBe(
      `Bearer ${error ? `error="${error}", ` : ''}${metadata}`,
    )
  })

  test.each(['', '/mcp'])(
    'reads what the resource is at /.well-known/oauth-protected-resource%s',
    async suffix => {
      const answer = await fetch(`${server.url}/.well-known/oauth-protected-resource${suffix}`)
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
      expect(await answer.json()).toEqual({
        resource: `${server.url}/mcp`,
        resource_name: 'Colloquy',
        resource_documentation: `${server.url}/docs`,
        bearer_methods_supported: ['header'],
        authorization_servers: ['https://login.example.com'],
      })
    },
  )

  test('is told so by a real client', async () => {
    const guest = { ...ann, token: 'garbage' }
    await expect(openNewClient(server, guest)).rejects.toThrow(/401|[Uu]nauthorized/)
  })
})

/** fetch does not let a caller choose these headers. */
function statusWith(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}/mcp`, {
      method: 'POST',
      headers: { ...headersOf(`Bearer ${ann.token}`), ...headers },
    })
    sent.on('response', answer => {
      answer.resume()
      resolve(answer.statusCode)
    })
    sent.on('error', reject)
    sent.end(JSON.stringify(list))
  })
}

test.each([
  [{ host: 'localhost:3000' }, 200],
  [{ host: '127.0.0.1:1' }, 200],
  [{ host: 'evil.example.com' }, 403],
  [{ host: '127.0.0.1.evil.example.com' }, 403],
  [{ origin: 'http://localhost:5173' }, 200],
  [{ origin: 'https://evil.example.com' }, 403],
  [{ origin: 'http://localhost.evil.example.com' }, 403],
  [{ origin: 'null' }, 403],
  [{ host: 'evil.example.com', origin: 'http://evil.example.com' }, 403],
] as [Record<string, string>, number][])('a page elsewhere gets nowhere: %j', async (headers, status) => {
  expect(await statusWith(headers)).toBe(status)
})

test('nothing is kept between requests, so there is no session to open or close', async () => {
  for (const method of ['GET', 'DELETE', 'PUT', 'HEAD']) {
    const headers = { ...headersOf(`Bearer ${ann.token}`), 'mcp-session-id': 'made-up' }
    const answer = await fetch(`${server.url}/mcp`, { method, headers })
    expect([method, answer.status]).toEqual([method, 405])
  }
  const answer = await postMcp(server, ann, { method: 'subscriptions/listen', params: { notifications: {} } })
  expect((await answer.json()).error).toMatchObject({ message: 'Subscription limit reached' })
})

test('a body is JSON, of bounded size, and at most twenty messages', async () => {
  const headers = headersOf(`Bearer ${ann.token}`)
  const raw = (body: string, type = 'application/json') =>
    fetch(`${server.url}/mcp`, { method: 'POST', headers: { ...headers, 'content-type': type }, body })
  const good = await raw(JSON.stringify(list))
  expect([good.status, good.headers.get('x-request-id')]).toEqual([200, expect.stringMatching(/./)])
  expect((await raw('{')).status).toBe(400)
  expect((await raw('')).status).toBe(400)
  expect((await raw('{}', 'text/plain')).status).toBe(415)
  expect((await raw(JSON.stringify(' '.repeat(1_048_577)))).status).toBe(413)
  const nested = `${'['.repeat(5000)}${']'.repeat(5000)}`
  const call = JSON.stringify({
    ...list,
    method: 'tools/call',
    params: { name: 'add_task', arguments: { title: 'x', tags: nested } },
  })
  expect(await (await raw(call.replace(`"${nested}"`, nested))).text()).toMatch(/"colloquy\/code":"invalid"/)
  expect((await post(Array.from({ length: 21 }, (_, id) => ({ ...list, id })))).status).toBe(400)
  expect((await post(Array.from({ length: 20 }, (_, id) => ({ ...list, id })))).status).toBe(200)
})

describe('whatever is sent', () => {
  /** It ends, and it is never the server's fault. */
  async function survives(body: unknown, headers?: Record<string, string>): Promise<void> {
    const answer = await post(body, headers)
    const text = await answer.text()
    expect([answer.status, text]).toEqual([expect.toSatisfy(status => status < 500), expect.any(String)])
    // -32603 with a list of what is wrong is how the library refuses an `initialize` that is none.
    expect(text).not.toMatch(/Internal server error|\bat .*\.[mc]?[jt]s:/)
  }

  const tools = ['add_task', 'list_tasks', 'search_tasks', 'complete_task', 'update_task', 'delete_task', 'x']
  const fields = [
    'title',
    'task_id',
    'query',
    'tags',
    'due_date',
    'limit',
    'user_id',
    'confirm',
    'priority',
    '__proto__',
  ]
  const value = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom<unknown>(1, '1', 'Buy milk', true, null, [], {}, '\0', '\ud800', 1e21),
    },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  )
  const args = fc.oneof(fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 5 }), value)
  const envelope = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'fuzz', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
  }
  const message = fc.record(
    {
      jsonrpc: fc.constantFrom<unknown>('2.0', '1.0', null),
      id: fc.oneof(fc.integer(), fc.string(), value),
      method: fc.oneof(
        fc.constantFrom(
          'tools/call',
          'tools/list',
          'initialize',
          'ping',
          'server/discover',
          'notifications/cancelled',
        ),
        value,
      ),
      params: fc.oneof(
        fc.record(
          {
            name: fc.constantFrom(...tools),
            arguments: args,
            inputResponses: value,
            requestState: value,
            _meta: fc.oneof(fc.constant<unknown>(envelope), value),
          },
          { requiredKeys: ['name'] },
        ),
        value,
      ),
    },
    { requiredKeys: ['jsonrpc', 'method'] },
  )

  test('of messages, nearly right or not at all', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(message, fc.array(message, { maxLength: 4 }), value),
        fc.option(fc.constantFrom('2026-07-28', '2025-11-25', '2025-06-18', 'nonsense'), { nil: undefined }),
        async (body, version) => {
          const named = version === undefined ? {} : { 'mcp-protocol-version': version }
          await survives(body, { ...headersOf(`Bearer ${ann.token}`), ...named })
        },
      ),
      { numRuns: 300 },
    )
  })

  test('of tool calls that are well formed around their arguments', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...tools), args, fc.boolean(), async (name, given, isNew) => {
        if (!isNew) return survives(call(name, given))
        const answer = await postMcp(server, ann, {
          method: 'tools/call',
          params: { name, arguments: given },
        })
        const text = await answer.text()
        expect([answer.status < 500, text.includes('-32603')]).toEqual([true, false])
      }),
      { numRuns: 300 },
    )
  })

  test('nested as deep as a body can be', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const bodies = [deep, JSON.stringify(call('add_task', { title: 'DEEP' })).replace('"DEEP"', deep)]
    for (const body of bodies) {
      const headers = headersOf(`Bearer ${ann.token}`)
      const answer = await fetch(`${server.url}/mcp`, { method: 'POST', headers, body })
      expect([(await answer.text()).slice(0, 100), answer.status < 500]).toEqual([expect.any(String), true])
    }
  })
})
