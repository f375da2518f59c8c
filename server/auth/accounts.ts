import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { betterAuth } from 'better-auth/minimal'
import { bearer, jwt } from 'better-auth/plugins'
import type { Database } from '../db/database.ts'
import type { Logger } from '../telemetry.ts'
import { openAuthOrm } from './auth-role.ts'
import { checkProfile } from './profile.ts'
import type { SigningKey } from './signing-keys.ts'
import { authTables } from './tables.ts'

export interface AccountSettings {
  db: Database
  secret: string
  /** The origin under which people reach the server; own tokens name it as issuer and audience. */
  publicUrl: string
  signingKeys: readonly SigningKey[]
  log: Logger
  /** Sign-ins and sign-ups that one address may try in a minute at one process; 0 for any number. */
  attemptsPerMinute?: number
  /** Addresses and CIDR ranges of the proxies in front, whose word on the client's address is taken. */
  trustedProxies?: readonly string[]
}

export interface Accounts {
  /**
   * Answers what is asked of `/api/auth/*`; `peer` is the address at the other end of the connection. Throws what failed
   * unexpectedly.
   */
  handler(request: Request, peer: string | undefined): Promise<Response>
}

/** Carries the client's address to the library, for limits and the list of sessions. */
const addressHeader = 'x-colloquy-client-address'

export function createAccounts(settings: AccountSettings): Accounts {
  const auth = betterAuth(accountOptions(settings))
  const trustsProxies = (settings.trustedProxies ?? []).length > 0
  return {
    async handler(request, peer) {
      const headers = new Headers(request.headers)
      const forwardedFor = trustsProxies ? headers.get('x-forwarded-for') : null
      headers.set(addressHeader, [forwardedFor, peer].filter(Boolean).join(', '))
      return auth.handler(new Request(request, { headers }))
    },
  }
}

/** The one description of how accounts work here; tests compare the tables with it. */
export function accountOptions({
  db,
  secret,
  publicUrl,
  signingKeys,
  log,
  attemptsPerMinute = 20,
  trustedProxies = [],
}: AccountSettings) {
  return {
    appName: 'Colloquy',
    baseURL: publicUrl,
    basePath: '/api/auth',
    secret,
    trustedOrigins: originsOf(publicUrl),
    database: drizzleAdapter(openAuthOrm(db), { provider: 'pg', schema: authTables, transaction: true }),
    emailAndPassword: { enabled: true, minPasswordLength: 8, maxPasswordLength: 72 },
    databaseHooks: { user: { create: { before: checkProfile }, update: { before: checkProfile } } },
    plugins: [bearer(), jwt(tokenOptions(publicUrl, signingKeys))],
    rateLimit: { enabled: attemptsPerMinute > 0, storage: 'memory', customRules: limits(attemptsPerMinute) },
    advanced: {
      // Said outright: the library leaves these checks out when it believes itself under test.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      ipAddress: { ipAddressHeaders: [addressHeader], trustedProxies: [...trustedProxies] },
    },
    telemetry: { enabled: false },
    onAPIError: { throw: true },
    logger: { level: 'error', log: (_level, message, ...details) => report(log, message, details) },
  } satisfies Parameters<typeof betterAuth>[0]
}

/** What takes a password is limited; what takes a valid session is not, since a whole office may share an address. */
function limits(max: number) {
  const attempts = { window: 60, max }
  return {
    '/sign-in/email': attempts,
    '/sign-up/email': attempts,
    '/change-password': attempts,
    '/get-session': false,
    '/token': false,
    '/jwks': false,
  } as const
}

/** Keys come from memory, so that neither signing nor `/api/auth/jwks` reads them again. */
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

/** On one's own machine the page is opened under either name. */
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
