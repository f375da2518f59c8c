import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { type JWTPayload, SignJWT } from 'jose'
import { inject } from 'vitest'
import type { Agent } from '../../server/agent/agent.ts'
import { createApp } from '../../server/app.ts'
import { listen } from '../../server/commands/listen.ts'
import { onPort, readConfig } from '../../server/config.ts'
import { type Context, createContext } from '../../server/context.ts'
import { createLogger } from '../../server/telemetry.ts'
import { createPostgresDatabase } from './database.ts'
import { type RunningServer, startServer as startProgram, temporaryFolder } from './run-command.ts'

export const testSecret = 'a-secret-for-tests-with-more-than-32-characters'

type Environment = Record<string, string>

export interface TestServer extends AsyncDisposable {
  url: string
  context: Context
}

/** The whole server in this process, on its own port and migrated database, on the engine under test. */
export async function startServer(environment: Environment = {}, agent?: Agent): Promise<TestServer> {
  await using opened = new AsyncDisposableStack()
  const place = opened.use(await openPlace())
  const server = opened.use(await startServerAt(place, environment, agent))
  const stack = opened.move()
  return { ...server, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

/**
 * The same on a place that outlives it, where other servers may run before, after or, on Postgres, at the same time.
 */
export async function startServerAt(
  place: Place,
  environment: Environment = {},
  agent?: Agent,
): Promise<TestServer> {
  await using opened = new AsyncDisposableStack()
  const settings = readConfig({
    PORT: '0',
    LOG_LEVEL: 'silent',
    TURNS_PER_MINUTE: '0',
    BETTER_AUTH_SECRET: testSecret,
    ...place.environment,
    ...environment,
  })
  const listening = opened.use(await listen(settings))
  const config = onPort(settings, listening.port)
  const context = opened.use(await createContext(config, createLogger(config.logLevel), agent))
  listening.answerWith(createApp(context).fetch)
  opened.defer(() => listening.stopAccepting())
  const stack = opened.move()
  return { url: config.publicUrl, context, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

export interface Place extends AsyncDisposable {
  /** Settings that make a server keep its data there. */
  environment: Environment
}

/** A migrated, empty database on which servers can be started one after the other or, on Postgres, side by side. */
export async function openPlace(): Promise<Place> {
  if (inject('engine') === 'postgres') {
    const database = await createPostgresDatabase()
    return { environment: { DATABASE_URL: database.url }, [Symbol.asyncDispose]: () => database.drop() }
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'colloquy-data-'))
  const loadDataDir = new Blob([await readFile(inject('template'))])
  await (await PGlite.create({ dataDir: join(dataDir, 'postgres'), loadDataDir })).close()
  return {
    environment: { DATA_DIR: dataDir },
    [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true, force: true }),
  }
}

/** The real program on a place's data; using the same port for each start keeps the server's own tokens valid. */
export async function startServerProcess(
  place: Place,
  environment: Environment = {},
): Promise<RunningServer> {
  const folder = temporaryFolder()
  const secret = 'DATABASE_URL' in place.environment ? { BETTER_AUTH_SECRET: testSecret } : {}
  const server = await startProgram(folder.path, {
    TURNS_PER_MINUTE: '0',
    ...secret,
    ...place.environment,
    ...environment,
  })
  server.ended.finally(() => folder[Symbol.dispose]())
  const ready = await fetch(`${server.url}/readyz`)
  if (ready.ok) return server
  await server[Symbol.asyncDispose]()
  throw new Error(`The server listens and is not ready: ${await ready.text()}`)
}

/** A development token, as `npm run token` makes it. */
export const tokenFor = (userId: string, secret = testSecret, claims: JWTPayload = {}): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))

// What an answer holds is for the test to say: it asserts on it.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Answered = { status: number; body: any; headers: Headers }

export interface Client {
  userId: string
  token: string
  /** `path` is relative to `/api/{user_id}`. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>
  /** The same with the response's body still unread. */
  open(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>
  say(message: string, conversationId?: string, more?: Record<string, unknown>): Promise<Answered>
}

let users = 0

/** A new user with a token; that requires no account. */
export async function clientOf(
  server: { url: string },
  userId = `user-${process.pid}-${users++}`,
  given?: string,
): Promise<Client> {
  const token = given ?? (await tokenFor(userId))
  const open: Client['open'] = (method, path, body, headers = {}) =>
    fetch(`${server.url}/api/${encodeURIComponent(userId)}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
    })
  const call: Client['call'] = async (...request) => answeredBy(await open(...request))
  const say: Client['say'] = (message, conversation_id, more) =>
    call('POST', '/chat', { message, ...(conversation_id ? { conversation_id } : {}), ...more })
  return { userId, token, call, open, say }
}

/** The status, body and headers of a complete response. */
export async function answeredBy(response: Response): Promise<Answered> {
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json')
  return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers }
}
