import { expect, test } from 'vitest'
import { clientOf, startServer, tokenFor } from './support/server.ts'

const listed = 'https://app.example.com'
const password = 'correct horse battery'

const everyAnswer = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
  'referrer-policy': expect.stringMatching(/^(no-referrer|same-origin)$/),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // Nothing of a user's is left behind in a cache; what may be kept says so.
  'cache-control': expect.stringMatching(/no-store|no-cache|public/),
}

const headersOf = (response: Response) => Object.fromEntries(response.headers)

test('every answer tells browsers what they must not do with it', async () => {
  await using server = await startServer({ PUBLIC_URL: 'https://chat.example.com' })
  const url = `http://127.0.0.1:${server.context.config.port}`
  const ann = await clientOf({ url })
  const stream = await ann.open('POST', '/chat', { message: 'Hello' }, { accept: 'text/event-stream' })
  const answers = [
    stream,
    await ann.open('GET', '/tasks'),
    await ann.open('GET', '/tasks/999'),
    await ann.open('POST', '/chat', { message: '' }),
    ...(await Promise.all(
      [
        '/',
        '/docs',
        '/healthz',
        '/readyz',
        '/metrics',
        '/openapi.json',
        '/nothing',
        '/api/x/tasks',
        '/mcp',
        '/api/auth/get-session',
        '/api/auth/nothing',
      ].map(path => fetch(url + path)),
    )),
  ]
  await stream.text()
  for (const answer of answers) {
    const facts = [answer.url, answer.status, headersOf(answer)]
    expect(facts).toEqual([answer.url, answer.status, expect.objectContaining(everyAnswer)])
    expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000')
  }
})

test('without TLS browsers are not told to insist on it', async () => {
  await using server = await startServer()
  expect((await fetch(`${server.url}/healthz`)).headers.has('strict-transport-security')).toBe(false)
})

test('pages elsewhere may call only where they are listed, exactly', async () => {
  await using server = await startServer({ CORS_ORIGINS: `${listed}, http://localhost:5173` })
  const ann = await clientOf(server)
  const ask = (origin: string) => ann.open('GET', '/tasks', undefined, { origin })
  const allowed = await ask(listed)
  expect(headersOf(allowed)).toMatchObject({
    'access-control-allow-origin': listed,
    'access-control-allow-credentials': 'true',
    vary: expect.stringMatching(/origin/i),
  })
  const exposed = allowed.headers.get('access-control-expose-headers') ?? ''
  for (const name of ['Location', 'Link', 'RateLimit-Limit', 'Retry-After', 'X-Request-Id'])
    expect(exposed.split(', ')).toContain(name)
  for (const origin of [
    'https://evil.example',
    `${listed}.evil.example`,
    'http://app.example.com',
    'null',
    `${listed}:8443`,
  ]) {
    const answer = await ask(origin)
    expect([origin, answer.headers.get('access-control-allow-origin')]).toEqual([origin, null])
    expect(answer.headers.get('vary')).toMatch(/origin/i)
  }
  const stream = await ann.open(
    'POST',
    '/chat',
    { message: 'Hi' },
    { origin: listed, accept: 'text/event-stream' },
  )
  expect(stream.headers.get('access-control-allow-origin')).toBe(listed)
  await stream.text()
  const refused = await fetch(`${server.url}/api/ann/tasks`, { headers: { origin: listed } })
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, listed])
})

test('a preflight is answered for listed pages alone, and without a token', async () => {
  await using server = await startServer({ CORS_ORIGINS: listed })
  const preflight = (origin: string) =>
    fetch(`${server.url}/api/ann/chat`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,idempotency-key',
      },
    })
  const allowed = await preflight(listed)
  expect(allowed.status).toBe(204)
  expect(headersOf(allowed)).toMatchObject({
    'access-control-allow-origin': listed,
    'access-control-allow-methods': expect.stringContaining('POST'),
    'access-control-allow-headers': 'authorization,content-type,idempotency-key',
  })
  const refused = await preflight('https://evil.example')
  expect(refused.status).toBeGreaterThanOrEqual(400)
  expect(refused.headers.get('access-control-allow-origin')).toBeNull()
})

test('by default no page elsewhere may call', async () => {
  await using server = await startServer()
  const answer = await fetch(`${server.url}/healthz`, { headers: { origin: listed } })
  expect(answer.headers.has('access-control-allow-origin')).toBe(false)
})

test('a cookie is worth something at the accounts alone, and not from a page elsewhere', async () => {
  await using server = await startServer({ CORS_ORIGINS: listed })
  const post = (path: string, body: object, headers: Record<string, string>) =>
    fetch(`${server.url}/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  const person = { email: 'ann@example.com', password, name: 'Ann' }
  const signedUp = await post('/sign-up/email', person, { origin: server.url })
  expect(signedUp.status).toBe(200)
  const { user } = await signedUp.json()
  const cookie = signedUp.headers
    .getSetCookie()
    .map(each => each.split(';')[0])
    .join('; ')
  expect(signedUp.headers.getSetCookie().join()).toMatch(/HttpOnly; SameSite=Lax/i)

  const isSignedIn = async () =>
    (await fetch(`${server.url}/api/auth/get-session`, { headers: { cookie } })).json()
  for (const [path, body] of [
    ['/sign-out', {}],
    ['/change-password', { currentPassword: password, newPassword: 'another horse' }],
    ['/sign-in/email', person],
  ] as const) {
    const forged = await post(path, body, { cookie, origin: 'https://evil.example' })
    expect([path, forged.status]).toEqual([path, 403])
    const anonymous = await post(path, body, { cookie, 'sec-fetch-site': 'cross-site' })
    expect([path, anonymous.status]).toEqual([path, 403])
  }
  expect(await isSignedIn()).toMatchObject({ user: { id: user.id } })

  const api = await fetch(`${server.url}/api/${user.id}/tasks`, { headers: { cookie } })
  expect(api.status).toBe(401)
  const erasing = await fetch(`${server.url}/api/${user.id}`, { method: 'DELETE', headers: { cookie } })
  expect(erasing.status).toBe(401)

  expect((await post('/sign-out', {}, { cookie, origin: listed })).status).toBe(200)
  expect(await isSignedIn()).toBeNull()
})

test('another user’s token opens nothing, whatever page it comes from', async () => {
  await using server = await startServer({ CORS_ORIGINS: listed })
  const answer = await fetch(`${server.url}/api/ann/tasks`, {
    headers: { origin: listed, authorization: `Bearer ${await tokenFor('bob')}` },
  })
  expect(answer.status).toBe(403)
})
