import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { textStream, toolCallStream } from './support/replay-answers.ts'
import { type ReplayServer, startReplayServer } from './support/replay-server.ts'
import { runToEnd, startServer as startProgram, temporaryFolder } from './support/run-command.ts'
import { clientOf, openPlace, testSecret } from './support/server.ts'

/** What a log must never hold, whoever says it where. */
const canaries = {
  message: 'canary-message-blue-elephant',
  answer: 'canary-answer-green-whale',
  title: 'canary-title-red-fox',
  argument: 'canary-argument-grey-owl',
  password: 'canary-password-1234',
  wrongPassword: 'canary-wrong-password-5678',
  email: 'canary-email@example.com',
  apiKey: 'sk-canary-api-key',
  metricsToken: 'canary-metrics-token',
  collectorKey: 'canary-collector-key',
  oldSecret: 'canary-old-secret-of-more-than-32-characters',
  secret: testSecret,
}

let provider: ReplayServer
beforeAll(async () => {
  provider = await startReplayServer()
})
afterAll(() => provider?.[Symbol.asyncDispose]())

const refusal = (status: number) => ({
  failure: {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      error: { message: `${canaries.apiKey} may not say ${canaries.message}`, type: 'invalid_request_error' },
    }),
  },
})

test('nothing that people write or keep secret is in the log, at its most talkative', async () => {
  await using place = await openPlace()
  using folder = temporaryFolder()
  const server = await startProgram(folder.path, {
    ...place.environment,
    BETTER_AUTH_SECRET: canaries.secret,
    BETTER_AUTH_SECRET_OLD: canaries.oldSecret,
    MODEL: 'compatible/walker',
    MODEL_BASE_URL: provider.url,
    MODEL_API_KEY: canaries.apiKey,
    MODEL_RETRIES: '0',
    METRICS_TOKEN: canaries.metricsToken,
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=${canaries.collectorKey}`,
    LOG_LEVEL: 'trace',
    SHUTDOWN_GRACE_SECONDS: '0',
  })
  const ann = await clientOf(server)

  provider.enqueue([
    toolCallStream('add_task', { title: canaries.title }),
    textStream(canaries.answer),
    refusal(400),
    refusal(500),
    toolCallStream('add_task', { title: 7, [canaries.argument]: canaries.argument }),
    textStream(canaries.answer),
    { ...textStream(canaries.answer), breakOff: { after: 0, how: 'cut' } },
  ])
  const answered = await ann.say(canaries.message)
  expect(answered.status).toBe(200)
  for (let i = 0; i < 4; i += 1) await ann.say(canaries.message)
  await ann.call('POST', '/tasks', { title: canaries.title, priority: canaries.argument })
  await ann.call('GET', `/tasks?search=${canaries.title}&priority=${canaries.argument}`)
  await ann.call('POST', '/tasks', { title: `${canaries.title}\u0000` })
  await ann.open('POST', '/chat', undefined, {
    'content-type': 'application/json',
    'idempotency-key': canaries.message,
  })
  await fetch(`${server.url}/api/${ann.userId}/chat`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' },
    body: `{"message": "${canaries.message}`,
  })
  await fetch(`${server.url}/api/${ann.userId}/tasks`, { headers: { authorization: `Bearer ${ann.token}x` } })
  await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${canaries.metricsToken}` } })
  await fetch(`${server.url}/${canaries.title}?token=${ann.token}`)
  const sessions = await signInAndOut(server.url)
  await fetch(`${server.url}/mcp`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: canaries.message,
      params: { x: canaries.argument },
    }),
  })

  server.child.kill('SIGTERM')
  const { stdout, stderr, code } = await server.ended
  expect(code).toBe(0)
  const everything = stdout + stderr
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(lines.filter(line => line.event === 'turn.failed').length).toBeGreaterThanOrEqual(2)
  expect(everything).toContain('invalid_request_error')
  const databasePassword = URL.parse(place.environment.DATABASE_URL ?? '')?.password
  const hidden = {
    ...canaries,
    token: ann.token,
    ...sessions,
    ...(databasePassword ? { databasePassword } : {}),
  }
  for (const [name, text] of Object.entries(hidden))
    expect([
      name,
      lines.filter(line => JSON.stringify(line).includes(text)),
      everything.includes(text),
    ]).toEqual([name, [], false])
  expectIds(lines, ann.userId, answered)
})

/** Who looks for a request or a turn finds all of its lines. */
function expectIds(
  lines: Record<string, unknown>[],
  user_id: string,
  { body, headers }: { body: { turn_id: string }; headers: Headers },
): void {
  const request_id = headers.get('x-request-id')
  const told = lines.filter(line => line.request_id === request_id).map(line => line.event)
  for (const event of ['turn.accepted', 'step.ended', 'tool.ended', 'turn.ended', 'request.answered'])
    expect(told).toContain(event)
  const ofTurn = lines.filter(line => line.turn_id === body.turn_id)
  expect(ofTurn.length).toBeGreaterThanOrEqual(4)
  for (const line of ofTurn) expect(line).toMatchObject({ user_id, request_id })
}

async function signInAndOut(url: string): Promise<Record<string, string>> {
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    fetch(`${url}/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url, ...headers },
      body: JSON.stringify(body),
    })
  const person = { email: canaries.email, password: canaries.password, name: canaries.title }
  const signedUp = await post('/sign-up/email', person)
  expect(signedUp.status).toBe(200)
  const { token: session } = await signedUp.json()
  const cookie = signedUp.headers
    .getSetCookie()
    .map(each => each.split(';')[0])
    .join('; ')
  const { token: jwt } = await (await fetch(`${url}/api/auth/token`, { headers: { cookie } })).json()
  await post('/sign-up/email', person)
  await post('/sign-up/email', { ...person, email: 'no address', name: `${canaries.title}\u0000` })
  await post('/sign-in/email', { ...person, password: canaries.wrongPassword })
  await post(
    '/change-password',
    { currentPassword: canaries.wrongPassword, newPassword: canaries.password },
    { cookie },
  )
  await post('/sign-in/email', person, { origin: 'https://evil.example' })
  await fetch(`${url}/api/auth/reset-password/${canaries.argument}?token=${canaries.argument}`)
  await post('/sign-out', {}, { cookie })
  return { session, jwt, cookie }
}

test('a database that refuses, or is not there, is named without its password', async () => {
  const port = inject('engine') === 'postgres' ? new URL(inject('template')).port : '9'
  using folder = temporaryFolder()
  for (const command of ['serve', 'migrate', 'doctor', 'admin users']) {
    const { stdout, stderr, code } = await runToEnd(folder.path, command.split(' '), {
      DATABASE_URL: `postgres://nobody:canary-database-password@127.0.0.1:${port}/nothing`,
      DATABASE_CONNECT_TIMEOUT_SECONDS: '2',
      BETTER_AUTH_SECRET: testSecret,
      LOG_LEVEL: 'trace',
      PORT: '0',
    })
    expect([command, code]).toEqual([command, 1])
    expect(stdout + stderr).toContain('127.0.0.1')
    expect(stdout + stderr).not.toContain('canary-database-password')
    expect(stdout + stderr).not.toContain(testSecret)
  }
})
