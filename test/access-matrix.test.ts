import { randomUUID } from 'node:crypto'
import { exportSPKI, importJWK, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../server/app.ts'
import { firstEventOf } from './support/event-stream.ts'
import { type HeldAnswer, held, textStream, toolCallStream } from './support/replay-answers.ts'
import { type ReplayServer, startReplayServer } from './support/replay-server.ts'
import {
  type Answered,
  answeredBy,
  type Client,
  clientOf,
  startServer,
  type TestServer,
  testSecret,
} from './support/server.ts'
import { watchDatabase } from './support/statements-asked.ts'
import { rowsOf } from './support/stored-rows.ts'

/** What a user has, one of each that a path can name. */
interface Belongings {
  conversation: string
  turn: string
  waitingTurn: string
  call: string
  interruptedCall: string
  task: number
  reminder: string
  user: string
}

interface Row {
  /** As the application registers it. */
  route: string
  /** Behind `/api/{user_id}`, with the ids of what someone has. */
  path: (own: Belongings) => string
  body?: (own: Belongings) => unknown
  /** What the owner gets. */
  owner: number
  /** What another user gets for the owner's ids on their own path; a status alone where no id is in the request. */
  other:
    | number
    | 'conversation_not_found'
    | 'turn_not_found'
    | 'tool_call_not_found'
    | 'task_not_found'
    | 'reminder_not_found'
  /** A stream that does not end by itself; its first events are looked at. */
  endless?: true
}

const rows: Row[] = [
  {
    route: 'POST /api/:user_id/chat',
    path: () => '/chat',
    body: own => ({ message: 'Hello', conversation_id: own.conversation }),
    owner: 200,
    other: 'conversation_not_found',
  },
  {
    route: 'GET /api/:user_id/conversations/:id/turns',
    path: own => `/conversations/${own.conversation}/turns`,
    owner: 200,
    other: 'conversation_not_found',
  },
  {
    route: 'GET /api/:user_id/turns/:id',
    path: own => `/turns/${own.turn}`,
    owner: 200,
    other: 'turn_not_found',
  },
  {
    route: 'GET /api/:user_id/turns/:id/events',
    path: own => `/turns/${own.turn}/events`,
    owner: 200,
    other: 'turn_not_found',
  },
  {
    route: 'PUT /api/:user_id/turns/:id/cancellation',
    path: own => `/turns/${own.turn}/cancellation`,
    owner: 200,
    other: 'turn_not_found',
  },
  {
    route: 'PUT /api/:user_id/turns/:id/message',
    path: own => `/turns/${own.waitingTurn}/message`,
    body: () => ({ message: 'Something else' }),
    owner: 200,
    other: 'turn_not_found',
  },
  {
    route: 'GET /api/:user_id/turns/:id/versions',
    path: own => `/turns/${own.turn}/versions`,
    owner: 200,
    other: 'turn_not_found',
  },
  {
    route: 'POST /api/:user_id/turns/:id/versions',
    path: own => `/turns/${own.turn}/versions`,
    body: () => ({ message: 'In other words' }),
    owner: 200,
    other: 'turn_not_found',
  },
  {
    route: 'PUT /api/:user_id/conversations/:id/head',
    path: own => `/conversations/${own.conversation}/head`,
    body: own => ({ turn_id: own.turn }),
    owner: 200,
    other: 'conversation_not_found',
  },
  {
    route: 'PUT /api/:user_id/tool-calls/:id/approval',
    path: own => `/tool-calls/${own.call}/approval`,
    body: () => ({ approved: true }),
    owner: 200,
    other: 'tool_call_not_found',
  },
  {
    route: 'PUT /api/:user_id/tool-calls/:id/resolution',
    path: own => `/tool-calls/${own.interruptedCall}/resolution`,
    body: () => ({ resolution: 'mark_done' }),
    owner: 200,
    other: 'tool_call_not_found',
  },
  { route: 'GET /api/:user_id/conversations', path: () => '/conversations', owner: 200, other: 200 },
  {
    route: 'POST /api/:user_id/conversations',
    path: () => '/conversations',
    body: () => ({ title: 'Another one' }),
    owner: 201,
    other: 201,
  },
  {
    route: 'GET /api/:user_id/conversations/:id',
    path: own => `/conversations/${own.conversation}`,
    owner: 200,
    other: 'conversation_not_found',
  },
  {
    route: 'PATCH /api/:user_id/conversations/:id',
    path: own => `/conversations/${own.conversation}`,
    body: () => ({ title: 'Renamed' }),
    owner: 200,
    other: 'conversation_not_found',
  },
  {
    route: 'DELETE /api/:user_id/conversations/:id',
    path: own => `/conversations/${own.conversation}`,
    owner: 204,
    other: 'conversation_not_found',
  },
  {
    route: 'PUT /api/:user_id/turns/:id/feedback',
    path: own => `/turns/${own.turn}/feedback`,
    body: () => ({ value: 'negative' }),
    owner: 200,
    other: 'turn_not_found',
  },
  {
    route: 'DELETE /api/:user_id/turns/:id/feedback',
    path: own => `/turns/${own.turn}/feedback`,
    owner: 204,
    other: 'turn_not_found',
  },
  { route: 'GET /api/:user_id/export', path: () => '/export', owner: 200, other: 200 },
  {
    route: 'GET /api/:user_id/conversations/:id/export',
    path: own => `/conversations/${own.conversation}/export`,
    owner: 200,
    other: 'conversation_not_found',
  },
  {
    route: 'DELETE /api/:user_id',
    path: () => '',
    body: own => ({ confirm: own.user }),
    owner: 204,
    other: 400,
  },
  {
    route: 'GET /api/:user_id/conversations/:id/messages',
    path: own => `/conversations/${own.conversation}/messages`,
    owner: 200,
    other: 'conversation_not_found',
  },
  { route: 'GET /api/:user_id/tasks', path: () => '/tasks', owner: 200, other: 200 },
  {
    route: 'POST /api/:user_id/tasks',
    path: () => '/tasks',
    body: () => ({ title: 'Another one' }),
    owner: 201,
    other: 201,
  },
  {
    route: 'GET /api/:user_id/tasks/:id',
    path: own => `/tasks/${own.task}`,
    owner: 200,
    other: 'task_not_found',
  },
  {
    route: 'PUT /api/:user_id/tasks/:id',
    path: own => `/tasks/${own.task}`,
    body: () => ({ title: 'Renamed' }),
    owner: 200,
    other: 'task_not_found',
  },
  {
    route: 'DELETE /api/:user_id/tasks/:id',
    path: own => `/tasks/${own.task}`,
    owner: 204,
    other: 'task_not_found',
  },
  {
    route: 'PATCH /api/:user_id/tasks/:id/complete',
    path: own => `/tasks/${own.task}/complete`,
    owner: 200,
    other: 'task_not_found',
  },
  { route: 'GET /api/:user_id/settings', path: () => '/settings', owner: 200, other: 200 },
  {
    route: 'PUT /api/:user_id/settings',
    path: () => '/settings',
    body: () => ({ time_zone: 'Asia/Tokyo' }),
    owner: 200,
    other: 200,
  },
  { route: 'GET /api/:user_id/usage', path: () => '/usage', owner: 200, other: 200 },
  { route: 'GET /api/:user_id/reminders', path: () => '/reminders', owner: 200, other: 200 },
  {
    route: 'POST /api/:user_id/reminders',
    path: () => '/reminders',
    body: own => ({
      task_id: own.task,
      remind_at: '2999-01-01T00:00:00Z',
      conversation_id: own.conversation,
    }),
    owner: 201,
    other: 'conversation_not_found',
  },
  {
    route: 'DELETE /api/:user_id/reminders/:id',
    path: own => `/reminders/${own.reminder}`,
    owner: 204,
    other: 'reminder_not_found',
  },
  { route: 'GET /api/:user_id/events', path: () => '/events', owner: 200, other: 200, endless: true },
]

const pageRoutes = [
  ...['GET /', 'GET /c/:id', 'GET /sign-in', 'GET /sign-up', 'GET /settings'],
  ...['GET /theme.js', 'GET /icon.svg', 'GET /assets/:name'],
]

/** Open to anyone by intention. What is under /api/auth knows its own callers: auth-accounts.test.ts. */
const openRoutes = [
  ...pageRoutes,
  ...['GET /docs', 'GET /docs/:name', 'GET /healthz', 'GET /readyz', 'GET /openapi.json', 'ALL /api/auth/*'],
  // Open to nobody on the net: test/metrics.test.ts.
  'GET /metrics',
  ...['GET /.well-known/oauth-protected-resource', 'GET /.well-known/oauth-protected-resource/mcp'],
]

const hello = { id: 'm1', role: 'user', content: 'Hello', parts: [{ type: 'text', text: 'Hello' }] }
const runOf = (own: Belongings) => ({ threadId: own.conversation, runId: 'r1', messages: [hello] })

const chatKitInput = {
  content: [{ type: 'input_text', text: 'Hello' }],
  attachments: [],
  inference_options: {},
}
const threadOf = (own: Belongings) => ({ thread_id: `thr_${own.conversation}` })
const refusalOf = (own: Belongings) => ({ type: 'tool_call.refuse', payload: { tool_call_id: own.call } })

/** One route, and what each of its requests asks for. */
const chatKitRows = (requests: Record<string, [params: (own: Belongings) => object, owner: number]>) =>
  Object.entries(requests).map(
    ([type, [params, owner]]): Row => ({
      route: 'POST /chatkit',
      path: () => '/chatkit',
      body: own => ({ type, params: params(own) }),
      owner,
      other: 'conversation_not_found',
    }),
  )

/** These know their user from the token alone; their paths are whole. A name nobody has used is the other user's own. */
const protocolRows: Row[] = [
  {
    route: 'POST /ai-sdk',
    path: () => '/ai-sdk',
    body: own => ({ id: own.conversation, message: hello }),
    owner: 200,
    other: 200,
  },
  {
    route: 'POST /ai-sdk/:conversation_id',
    path: own => `/ai-sdk/${own.conversation}`,
    body: own => ({ trigger: 'regenerate-message', messageId: own.turn }),
    owner: 200,
    other: 'conversation_not_found',
  },
  {
    route: 'GET /ai-sdk/:conversation_id/stream',
    path: own => `/ai-sdk/${own.conversation}/stream`,
    owner: 204,
    other: 204,
  },
  {
    route: 'POST /ai-sdk/:conversation_id/stop',
    path: own => `/ai-sdk/${own.conversation}/stop`,
    owner: 204,
    other: 'conversation_not_found',
  },
  {
    route: 'GET /ai-sdk/:conversation_id/messages',
    path: own => `/ai-sdk/${own.conversation}/messages`,
    owner: 200,
    other: 'conversation_not_found',
  },
  { route: 'GET /ag-ui/info', path: () => '/ag-ui/info', owner: 200, other: 200 },
  ...['', '/agent/:agent'].flatMap((agent): Row[] => {
    const run = agent ? `/ag-ui${agent}/run` : '/ag-ui'
    const at = (path: string) => path.replace(':agent', 'default')
    const stop = agent ? `/ag-ui${agent}/stop/:thread_id` : '/ag-ui/stop'
    return [
      { route: `POST ${run}`, path: () => at(run), body: runOf, owner: 200, other: 200 },
      {
        route: `POST /ag-ui${agent}/connect`,
        path: () => at(`/ag-ui${agent}/connect`),
        body: runOf,
        owner: 200,
        other: 200,
      },
      {
        route: `POST ${stop}`,
        path: own => at(stop).replace(':thread_id', own.conversation),
        body: own => ({ threadId: own.conversation }),
        owner: 204,
        other: 'conversation_not_found',
      },
    ]
  }),
  ...chatKitRows({
    'threads.add_user_message': [own => ({ ...threadOf(own), input: chatKitInput }), 200],
    'threads.retry_after_item': [own => ({ ...threadOf(own), item_id: `msg_${own.turn}` }), 200],
    'threads.custom_action': [own => ({ ...threadOf(own), action: refusalOf(own) }), 200],
    'threads.sync_custom_action': [own => ({ ...threadOf(own), action: { type: 'turn.cancel' } }), 200],
    'threads.add_client_tool_output': [own => ({ ...threadOf(own), result: {} }), 200],
    'threads.add_structured_input': [own => ({ ...threadOf(own), item_id: 'x', input: {} }), 200],
    'threads.get_by_id': [threadOf, 200],
    'items.list': [threadOf, 200],
    'items.feedback': [own => ({ ...threadOf(own), item_ids: [`msg_${own.turn}_0`], kind: 'positive' }), 200],
    'threads.update': [own => ({ ...threadOf(own), title: 'Renamed' }), 200],
    'threads.delete': [threadOf, 200],
  }),
  ...chatKitRows({
    'threads.create': [() => ({ input: chatKitInput }), 200],
    'threads.list': [() => ({}), 200],
    'attachments.create': [() => ({}), 400],
    'attachments.delete': [() => ({}), 400],
    'input.transcribe': [() => ({}), 400],
  }).map((row): Row => ({ ...row, other: row.owner })),
]

/** These know their user from the token alone and refuse in their own words: mcp-access.test.ts. */
const tokenRoutes = ['ALL /mcp']

/** In everything the owner has; nobody else may ever read it. */
const secretWord = 'marzipan'

let replay: ReplayServer
let server: TestServer
let app: ReturnType<typeof createApp>
let database: ReturnType<typeof watchDatabase>
const unanswered: HeldAnswer[] = []

beforeAll(async () => {
  replay = await startReplayServer()
  // The second message is never answered, so that the third waits.
  replay.otherwise(({ body }) => {
    const words = JSON.stringify(body.messages)
    if (words.includes('wait for it')) {
      const answer = held(textStream('Late.'), { after: -1 })
      unanswered.push(answer)
      return answer
    }
    const isFirstStep = !words.includes('tool_call_id')
    return words.includes('delete it') && isFirstStep
      ? toolCallStream('delete_task', { task_id: 1 })
      : textStream(`It is about ${secretWord}.`)
  })
  server = await startServer({
    MODEL: 'compatible/test',
    MODEL_BASE_URL: replay.url,
    SHUTDOWN_GRACE_SECONDS: '0',
    TURNS_PER_MINUTE: '1000',
  })
  app = createApp(server.context)
  database = watchDatabase(server.context.db)
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  for (const answer of unanswered) answer.release()
  await replay?.[Symbol.asyncDispose]()
})

async function furnish(client: Client): Promise<Belongings> {
  const task = await client.call('POST', '/tasks', { title: `Buy ${secretWord}` })
  await client.call('PUT', '/settings', { locale: 'en' })
  const remindAt = { task_id: task.body.id, remind_at: '2999-01-02T00:00:00Z' }
  const reminder = await client.call('POST', '/reminders', remindAt)
  const said = await client.say(`Something of ${secretWord}`)
  await client.call('PUT', `/turns/${said.body.turn_id}/feedback`, { value: 'positive', comment: secretWord })
  const asked = await client.say(`delete it, the ${secretWord}`)
  expect(asked.body.status).toBe('awaiting_approval')
  const busy = await client.call('POST', '/conversations', { title: `Busy with ${secretWord}` })
  const events = { accept: 'text/event-stream' }
  const [, waiting] = [
    await client.open('POST', '/chat', { message: 'wait for it', conversation_id: busy.body.id }, events),
    await client.open('POST', '/chat', { message: secretWord, conversation_id: busy.body.id }, events),
  ]
  return {
    conversation: said.body.conversation_id,
    turn: said.body.turn_id,
    waitingTurn: (await firstEventOf(waiting)).turn_id,
    call: asked.body.tool_calls[0].id,
    interruptedCall: await interruptCall(client, said.body.turn_id),
    task: task.body.id,
    reminder: reminder.body.id,
    user: client.userId,
  }
}

/** What is left of a call to the outside whose process died in it. */
async function interruptCall({ userId }: Client, turn: string): Promise<string> {
  const id = randomUUID()
  await server.context.db.query(
    `insert into colloquy.tool_calls (user_id, turn_id, step, position, id, provider_call_id, name, arguments, status, effect)
     values ($1, $2, 1, 0, $3, 'call_1', 'send_mail', jsonb_build_object('to', $4::text), 'unknown', 'external')`,
    [userId, turn, id, secretWord],
  )
  return id
}

const methodOf = ({ route }: Row) => route.split(' ')[0] ?? ''

async function callAs(client: Client, row: Row, own: Belongings): Promise<Answered> {
  if (!row.endless) return client.call(methodOf(row), row.path(own), row.body?.(own))
  const { status, headers, body } = await client.open(methodOf(row), row.path(own))
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
  const first = await reader?.read()
  await reader?.cancel()
  return { status, headers, body: first?.value }
}

/** For a path that names no user. */
async function callWhole({ token }: Client, row: Row, own: Belongings): Promise<Answered> {
  const body = row.body?.(own)
  return answeredBy(
    await fetch(server.url + row.path(own), {
      method: methodOf(row),
      headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body ? JSON.stringify(body) : null,
    }),
  )
}

/** In this process and without a port, so that what it asks of the database is known to be of this request. */
async function callWith(path: string, headers: Record<string, string>, row?: Row, own?: Belongings) {
  const body = own && row?.body?.(own)
  const { result, uses } = await database.during(() =>
    app.request(path, {
      method: row ? methodOf(row) : 'GET',
      headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }),
  )
  return { answer: await answeredBy(result), uses }
}

const sign = (subject: string, secret: Parameters<SignJWT['sign']>[0], exp: string | number = '1h') =>
  new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setSubject(subject).setExpirationTime(exp).sign(secret)
const bytes = (text: string) => new TextEncoder().encode(text)
const now = Math.floor(Date.now() / 1000)

type Refusal = [who: string, authorization: string | undefined, status: number, code: string]

/** Everyone who is not to get at what `owner` has. The public key is where an attacker finds it. */
async function refusalsFor(owner: string): Promise<Refusal[]> {
  const { keys } = await (await fetch(`${server.url}/api/auth/jwks`)).json()
  const [jwk] = keys
  const pem = await exportSPKI((await importJWK(jwk, 'EdDSA', { extractable: true })) as CryptoKey) // a public one is no bytes
  const good = await sign(owner, bytes(testSecret))
  const [header, payload] = good.split('.')
  const bearer = async (token: string | Promise<string>) => `Bearer ${await token}`
  const claims = new UnsecuredJWT({}).setSubject(owner).setExpirationTime('1h')
  const account = await signUp()
  return [
    ['a guest', undefined, 401, 'unauthenticated'],
    ['an empty header', '', 401, 'unauthenticated'],
    ['another scheme', `Basic ${btoa(`${owner}:x`)}`, 401, 'unauthenticated'],
    ['a token without its scheme', good, 401, 'unauthenticated'],
    ['garbage', 'Bearer garbage', 401, 'invalid_token'],
    ['a token without signature', `Bearer ${header}.${payload}.`, 401, 'invalid_token'],
    ['algorithm none', await bearer(claims.encode()), 401, 'invalid_token'],
    ['HS256 with the public key in PEM', await bearer(sign(owner, bytes(pem))), 401, 'invalid_token'],
    [
      'HS256 with the public key as JWK',
      await bearer(sign(owner, bytes(JSON.stringify(jwk)))),
      401,
      'invalid_token',
    ],
    [
      'HS256 with the public key raw',
      await bearer(sign(owner, Buffer.from(jwk.x, 'base64url'))),
      401,
      'invalid_token',
    ],
    ['another secret', await bearer(sign(owner, bytes(`${testSecret}!`))), 401, 'invalid_token'],
    ['an expired token', await bearer(sign(owner, bytes(testSecret), now - 1)), 401, 'token_expired'],
    ["a session's own token", `Bearer ${account.sessionToken}`, 401, 'invalid_token'],
    ['another user', await bearer(sign('mallory', bytes(testSecret))), 403, 'forbidden'],
    ['another account', `Bearer ${account.token}`, 403, 'forbidden'],
  ]
}

let accounts = 0

async function signUp() {
  const email = `mallory-${++accounts}@example.com`
  const response = await fetch(`${server.url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify({ email, password: 'correct horse', name: 'Mallory' }),
  })
  const { user, token: sessionToken } = await response.json()
  const authorization = `Bearer ${sessionToken}`
  const { token } = await (await fetch(`${server.url}/api/auth/token`, { headers: { authorization } })).json()
  return { id: String(user.id), sessionToken: String(sessionToken), token: String(token) }
}

function expectRefused({ status, body, headers }: Answered, expected: { status: number; code: string }) {
  expect([status, body.code]).toEqual([expected.status, expected.code])
  expect(headers.get('content-type')).toBe('application/problem+json')
  expect(headers.get('www-authenticate')).toBe(expected.status === 401 ? 'Bearer' : null)
  expect(JSON.stringify(body)).not.toContain(secretWord)
}

test('every route of the application has a row here', () => {
  const middleware = ['ALL /*', 'ALL /api/:user_id/*', 'ALL /ai-sdk/*', 'ALL /ag-ui/*', 'ALL /chatkit']
  const registered = new Set(app.routes.map(({ method, path }) => `${method} ${path}`))
  const known = [
    ...openRoutes,
    ...tokenRoutes,
    ...middleware,
    ...new Set([...rows, ...protocolRows].map(row => row.route)),
  ]
  expect([...registered].toSorted()).toEqual(known.toSorted())
})

test('the routes that are open answer anyone, without a word of any user', async () => {
  for (const path of ['/', '/healthz', '/readyz', '/openapi.json', '/api/auth/jwks']) {
    const { answer } = await callWith(path, {})
    expect([path, answer.status]).toEqual([path, 200])
  }
})

describe('whoever is not the owner', () => {
  let owner: Client
  let own: Belongings
  let before: Record<string, string[]>
  let refusals: Refusal[]
  beforeAll(async () => {
    owner = await clientOf(server, 'ann')
    own = await furnish(owner)
    refusals = await refusalsFor(owner.userId)
    before = await rowsOf(server.context.db, owner.userId)
  })

  test.each(rows.map(row => [row.route, row] as const))('is refused: %s', async (_, row) => {
    for (const [who, authorization, status, code] of refusals) {
      const headers = authorization === undefined ? {} : { authorization }
      const { answer, uses } = await callWith(`/api/${owner.userId}${row.path(own)}`, headers, row, own)
      expect({ who, status: answer.status, code: answer.body.code, uses }).toEqual({
        who,
        status,
        code,
        uses: [],
      })
      expectRefused(answer, { status, code })
    }
  })

  test.each(rows.map(row => [row.route, row] as const))(
    'finds nothing of theirs on the own path: %s',
    async (_, row) => {
      const other = await clientOf(server)
      const answer = await callAs(other, row, own)
      expect(JSON.stringify(answer.body)).not.toContain(secretWord)
      if (typeof row.other === 'number') expect(answer.status).toBe(row.other)
      else expectRefused(answer, { status: 404, code: row.other })
    },
  )

  test.each(protocolRows.map(row => [row.route, row] as const))(
    'is refused without a good token, and finds nothing with another: %s',
    async (_, row) => {
      for (const [who, authorization, status, code] of refusals.filter(([, , status]) => status === 401)) {
        const headers = authorization === undefined ? {} : { authorization }
        const { answer, uses } = await callWith(row.path(own), headers, row, own)
        expect({ who, uses }).toEqual({ who, uses: [] })
        expectRefused(answer, { status, code })
      }
      const answer = await callWhole(await clientOf(server), row, own)
      expect(JSON.stringify(answer.body)).not.toMatch(new RegExp(`[Ss]omething of|[Bb]uy ${secretWord}`))
      if (typeof row.other === 'number') expect(answer.status).toBe(row.other)
      else expect([answer.status, answer.body.code]).toEqual([404, row.other])
    },
  )

  test.each([
    ['GET', ''],
    ['GET', '/'],
    ['GET', '/no-such-thing'],
    ['DELETE', '/chat'],
    ['OPTIONS', '/chat'],
    ['HEAD', '/tasks'],
    ['GET', '/tasks/not-a-number'],
    ['GET', `/tasks?access_token=TOKEN`],
  ])('is refused before anything else is looked at: %s %s', async (method, path) => {
    const withToken = path.replace('TOKEN', owner.token)
    const { result, uses } = await database.during(() =>
      app.request(`/api/${owner.userId}${withToken}`, { method }),
    )
    expect([result.status, uses]).toEqual([401, []])
    const stranger = { authorization: `Bearer ${await sign('mallory', bytes(testSecret))}` }
    const answer = await app.request(`/api/${owner.userId}${path}`, { method, headers: stranger })
    expect(answer.status).toBe(403)
  })

  test('with nothing but the cookie of a session is a guest', async () => {
    const { id, sessionToken } = await signUp()
    const cookie = `better-auth.session_token=${sessionToken}`
    const { answer } = await callWith(`/api/${id}/tasks`, { cookie })
    expectRefused(answer, { status: 401, code: 'unauthenticated' })
  })

  test.each(['Ann', 'ann ', 'ann%00', 'ann%2F', 'a', '..%2Fann', 'ann%2E', '%C3%A4nn'])(
    'is everyone whose path is not exactly the user of the token: %s',
    async name => {
      const { answer } = await callWith(`/api/${name}/tasks`, { authorization: `Bearer ${owner.token}` })
      expectRefused(answer, { status: 403, code: 'forbidden' })
    },
  )

  test('has changed nothing of theirs by all that', async () => {
    expect(await rowsOf(server.context.db, owner.userId)).toEqual(before)
    expect(Object.entries(before).filter(([, found]) => found.length === 0)).toEqual([
      ['colloquy.erased_users', []],
      ['colloquy.external_ids', []],
      ['colloquy.idempotency_keys', []],
      ['colloquy.summaries', []],
      ['colloquy.turn_deltas', []],
    ])
  })
})

describe('the owner', () => {
  test.each(rows.map(row => [row.route, row] as const))('is let in: %s', async (_, row) => {
    const owner = await clientOf(server)
    const own = await furnish(owner)
    const { status } = await callAs(owner, row, own)
    expect(status).toBe(row.owner)
  })

  test.each(protocolRows.map(row => [row.route, row] as const))('is let in: %s', async (_, row) => {
    const owner = await clientOf(server)
    const { status } = await callWhole(owner, row, await furnish(owner))
    expect(status).toBe(row.owner)
  })

  test('is let in with the token of an account', async () => {
    const { id, token } = await signUp()
    const client = await clientOf(server, id, token)
    expect((await client.call('POST', '/tasks', { title: 'Buy milk' })).status).toBe(201)
    expect((await client.call('GET', '/tasks')).body).toMatchObject([{ title: 'Buy milk' }])
  })

  test('is seen by what counts the uses of the database', async () => {
    const owner = await clientOf(server)
    const headers = { authorization: `Bearer ${owner.token}` }
    const { answer, uses } = await callWith(`/api/${owner.userId}/tasks`, headers)
    expect([answer.status, uses]).toEqual([200, ['orm']])
  })

  test.each(['a/b', '50%25', 'ä ö?#', "o'hara;--", 'auth2'])(
    'may have any name that a path can carry: %s',
    async name => {
      const client = await clientOf(server, name)
      for (const title of ['one', 'two'])
        expect((await client.call('POST', '/tasks', { title })).status).toBe(201)
      const page = await client.call('GET', '/tasks?limit=1')
      expect([page.status, page.body.length]).toEqual([200, 1])
      const next = /^<([^>]+)>/.exec(page.headers.get('link') ?? '')?.[1]
      const answer = await fetch(`${server.url}${next}`, {
        headers: { authorization: `Bearer ${client.token}` },
      })
      expect(await answer.json()).toMatchObject([{ title: 'one' }])
    },
  )
})
