import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { betterAuth } from 'better-auth/minimal'
import { bearer, jwt } from 'better-auth/plugins'
import type { Database } from '../db/database.ts'
import type { Logger } from '../telemetry.ts'
import { type AttemptLimit, countAttempt } from './attempts.ts'
import { openAuthOrm } from './auth-role.ts'
import { renewSignatures, type Secrets } from './old-secrets.ts'
import { checkProfile } from './profile.ts'
import type { SigningKey } from './signing-keys.ts'
import { authTables } from './tables.ts'

export interface AccountSettings extends Secrets {
  db: Database
  /** The server's public origin; its own tokens name it as issuer and audience. */
  publicUrl: string
  signingKeys: readonly SigningKey[]
  log: Logger
  /** Attempts per minute: sign-ins and sign-ups from one address, sign-ins into one account; 0: unlimited. */
  attemptsPerMinute?: { ofAddress: number; ofAccount: number }
  /** Other origins whose pages people may sign in from. */
  corsOrigins?: readonly string[]
  /** Addresses and CIDR ranges of the proxies in front, whose X-Forwarded-For is trusted. */
  trustedProxies?: readonly string[]
}

export interface Accounts {
  /**
   * Answers requests to `/api/auth/*`; `peer` is the remote address of the connection. Throws on unexpected failures.
   */
  handler(request: Request, peer: string | undefined): Promise<Response>
}

/** Passes the client's address to the library, for rate limits and the list of sessions. */
const addressHeader = 'x-colloquy-client-address'

export function createAccounts(settings: AccountSettings): Accounts {
  const auth = betterAuth(accountOptions(settings))
  const trustsProxies = (settings.trustedProxies ?? []).length > 0
  const perAccount = settings.attemptsPerMinute?.ofAccount ?? 0
  return {
    async handler(request, peer) {
      const headers = new Headers(request.headers)
      renewSignatures(headers, settings)
      const forwardedFor = trustsProxies ? headers.get('x-forwarded-for') : null
      headers.set(addressHeader, [forwardedFor, peer].filter(Boolean).join(', '))
      const account = perAccount > 0 ? await accountTried(request) : undefined
      if (account !== undefined) {
        const retryAfter = await countAttempt(settings, {
          key: `account ${account}`,
          ...aMinute,
          max: perAccount,
        })
        if (retryAfter > 0) return tooManyAttempts(retryAfter)
      }
      const answer = await auth.handler(new Request(request, { headers }))
      const retryAfter = answer.headers.get('x-retry-after')
      return retryAfter === null ? answer : tooManyAttempts(Number(retryAfter))
    },
  }
}

const signInPath = '/api/auth/sign-in/email'

/** The account whose password is tried, whether it exists or not: a refusal must not reveal that. */
async function accountTried(request: Request): Promise<string | undefined> {
  if (request.method !== 'POST' || new URL(request.url).pathname !== signInPath) return undefined
  const body: unknown = await request
    .clone()
    .json()
    .catch(() => undefined)
  const given = typeof body === 'object' && body !== null && 'email' in body ? body.email : undefined
  return typeof given === 'string' ? given.toLowerCase() : undefined
}

/** Same form as the library's other refusals. */
const tooManyAttempts = (retryAfterSeconds: number) =>
  Response.json(
    { code: 'TOO_MANY_ATTEMPTS', message: 'Too many attempts. Try again later.' },
    { status: 429, headers: { 'retry-after': String(retryAfterSeconds) } },
  )

/** The only configuration of accounts; tests compare the tables with it. */
export function accountOptions({
  db,
  secret,
  publicUrl,
  signingKeys,
  log,
  attemptsPerMinute: { ofAddress } = { ofAddress: 20, ofAccount: 0 },
  trustedProxies = [],
  corsOrigins = [],
}: AccountSettings) {
  return {
    appName: 'Colloquy',
    baseURL: publicUrl,
    basePath: '/api/auth',
    secret,
    trustedOrigins: [...originsOf(publicUrl), ...corsOrigins],
    database: drizzleAdapter(openAuthOrm(db), { provider: 'pg', schema: authTables, transaction: true }),
    emailAndPassword: { enabled: true, minPasswordLength: 8, maxPasswordLength: 72 },
    databaseHooks: { user: { create: { before: checkProfile }, update: { before: checkProfile } } },
    plugins: [bearer(), jwt(tokenOptions(publicUrl, signingKeys))],
    rateLimit: {
      enabled: ofAddress > 0,
      customRules: limits(ofAddress),
      // `key` is the address (for IPv6 its network) and the path.
      customStorage: { consume: (key, { window, max }) => consume({ db, secret }, { key, window, max }) },
    },
    advanced: {
      // Set explicitly: the library skips these checks when it believes it is under test.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      ipAddress: { ipAddressHeaders: [addressHeader], trustedProxies: [...trustedProxies] },
    },
    telemetry: { enabled: false },
    onAPIError: { throw: true },
    logger: { level: 'error', log: (_level, message, ...details) => report(log, message, details) },
  } satisfies Parameters<typeof betterAuth>[0]
}

const aMinute = { window: 60 }

async function consume(settings: Pick<AccountSettings, 'db' | 'secret'>, limit: AttemptLimit) {
  const retryAfter = await countAttempt(settings, limit)
  return { allowed: retryAfter === 0, retryAfter: retryAfter || null }
}

/**
 * Routes that take a password are limited; those that take a valid session are not, as an office may share one address.
 */
function limits(max: number) {
  const attempts = { ...aMinute, max }
  return {
    '/sign-in/email': attempts,
    '/sign-up/email': attempts,
    '/change-password': attempts,
    '/get-session': false,
    '/token': false,
    '/jwks': false,
  } as const
}

/** Keys come from memory: neither signing nor `/api/auth/jwks` reads the database. */
const tokenOptions = (publicUrl: string, signingKeys: readonly SigningKey[]) =>
  ({
    jwks: { keyPairConfig: { alg: 'EdDSA', crv: 'Ed25519' } },
    jwt: {
      issuer: publicUrl,
      audience: publicUrl,
      expirationTime: '15m',
      definePayload: ({ user }) => ({ email: user.email, name: user.name }),
    },
    adapter: { getJwks: async () => [...signingKeys] },
    disableSettingJwtHeader: true,
  }) satisfies Parameters<typeof jwt>[0]

/** A local server's page is opened under either name. */
function originsOf(publicUrl: string): string[] {
  const url = new URL(publicUrl)
  const isLoopback = ['localhost', '127.0.0.1'].includes(url.hostname)
  const hosts = isLoopback ? ['localhost', '127.0.0.1'] : [url.hostname]
  return hosts.map(host => `${url.protocol}//${host}${url.port ? `:${url.port}` : ''}`)
}

function report(log: Logger, message: string, details: unknown[]): void {
  const err = details.find(detail => detail instanceof Error)
  log.error(err ? { err } : {}, `accounts: ${message.split('\nparams:', 1)[0]}`)
}
