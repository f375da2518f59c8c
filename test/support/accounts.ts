import { Hono } from 'hono'
import { type AccountSettings, createAccounts } from '../../server/auth/accounts.ts'
import { prepareSigningKeys, publicKeysOf } from '../../server/auth/signing-keys.ts'
import { createTokenVerifier } from '../../server/auth/token-verifier.ts'
import type { Database } from '../../server/db/database.ts'
import { AppError } from '../../server/errors.ts'
import type { ApiEnv } from '../../server/routes/api.ts'
import { authRoutes } from '../../server/routes/auth.ts'
import { requireUser } from '../../server/routes/require-user.ts'
import { createLogger } from '../../server/telemetry.ts'
import { problemResponse } from '../../server/wire/problem.ts'

export const secret = 'a secret of the tests, long enough to be one'
export const publicUrl = 'http://127.0.0.1:3000'

const noLimits = { ofAddress: 0, ofAccount: 0 }

/** An app with the account routes and one user route behind them, and everything it logged. */
export async function createAccountsApp(db: Database, settings: Partial<AccountSettings> = {}) {
  const logged: string[] = []
  const log = createLogger('debug', { write: line => void logged.push(line) })
  const signingKeys = await prepareSigningKeys(db, { secret })
  const given = { db, secret, publicUrl, signingKeys, log, attemptsPerMinute: noLimits, ...settings }
  const tokens = createTokenVerifier({ secret, publicUrl, jwks: publicKeysOf(signingKeys), issuers: [] })
  const app = new Hono<ApiEnv>()
  app.onError(error => problemResponse(error instanceof AppError ? error : new AppError('internal')))
  app.route('/', authRoutes(createAccounts(given)))
  app.use('/api/:user_id/*', requireUser(tokens))
  app.get('/api/:user_id/whoami', c => c.json(c.var.user))
  return { app, tokens, logged }
}

type App = Awaited<ReturnType<typeof createAccountsApp>>['app']

export function post(app: App, path: string, body: unknown, headers: Record<string, string> = {}) {
  const text = JSON.stringify(body)
  const length = String(Buffer.byteLength(text))
  return app.request(`/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': length, ...headers },
    body: text,
  })
}

export const get = (app: App, path: string, headers: Record<string, string> = {}) =>
  app.request(path, { headers })

/** The cookies a browser would send back. */
export const cookiesOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map(cookie => cookie.split(';')[0])
    .join('; ')

export const ada = { email: 'ada@example.com', password: 'correct horse', name: 'Ada' }

/** Signs up and returns what a client then has: the user, the session's cookie and a token. */
export async function signUp(app: App, person = ada) {
  const response = await post(app, '/sign-up/email', person)
  const { user, token: sessionToken } = await response.json()
  const cookie = cookiesOf(response)
  const { token } = await (await get(app, '/api/auth/token', { cookie })).json()
  return { user, cookie, sessionToken: String(sessionToken), token: String(token) }
}
