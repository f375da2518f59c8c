import { AppError } from '../errors.ts'

/** How statements fail, by SQLSTATE or Node's code; the query builder wraps errors, so causes are searched. */
export function databaseCodeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = ownCodeOf(at)
    if (code !== undefined) return code
  }
  return undefined
}

/** The code of this very error, whatever its causes say. */
export function ownCodeOf(error: Error): string | undefined {
  if ('code' in error && typeof error.code === 'string') return error.code
  return driverWords.find(([words]) => words.test(error.message))?.[1]
}

/** What pg 8.23 says without a code. */
const driverWords: [words: RegExp, code: string][] = [
  [/^Connection terminated due to connection timeout|^timeout e/, 'CONNECT_TIMEOUT'],
  [/^Connection terminated|not queryable/, 'CONNECTION_CLOSED'],
  [/^Cannot use a pool after calling end/, 'CONNECTION_ENDED'],
  [/does not support SSL|error establishing an SSL/, 'EPROTO'],
  [/^SASL: .*(password|signature)/, '28P01'],
]

/** What `colloquy.act_as` raises for a user whose erasure has begun. */
export const isUserErased = (error: unknown) =>
  error instanceof AppError ? error.code === 'user_erased' : databaseCodeOf(error) === 'ERASE'

/** For who only looks whether something is there: nothing of an erased user is. */
export function nullIfErased(error: unknown): null {
  if (isUserErased(error)) return null
  throw error
}

export const isLockNotAvailable = (error: unknown) => databaseCodeOf(error) === '55P03'

export const isUniqueViolation = (error: unknown) => databaseCodeOf(error) === '23505'

/** The same work may succeed when it is done again: serialization, deadlock, lock or idle time-out, cancelled statement. */
const repeatable = new Set(['40001', '40P01', '55P03', '57014', '25P03'])

/** The connection or the server went away; whether a commit under way took effect is not known. */
const lost = new Set([
  'CONNECTION_CLOSED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  '53300', // too many connections
  '25P04', // a transaction that took too long, and its session with it
])

/** This process has closed its connections: it is going, and nothing it does again will work. */
const closed = new Set(['CONNECTION_ENDED'])

export const isDatabaseAway = (error: unknown) =>
  isConnectionLost(error) || closed.has(databaseCodeOf(error) ?? '')

const retryAfterSeconds = 2

export const databaseUnavailable = (cause: unknown) =>
  new AppError('database_unavailable', undefined, {
    cause,
    facts: { retry_after_seconds: retryAfterSeconds },
  })

export function isConnectionLost(error: unknown): boolean {
  const code = databaseCodeOf(error)
  // Class 08 is connection exceptions, 57P0x an operator's shutdown or a server that is starting.
  return code !== undefined && (lost.has(code) || code.startsWith('08') || code.startsWith('57P'))
}

export const isTransient = (error: unknown) =>
  isConnectionLost(error) || repeatable.has(databaseCodeOf(error) ?? '')
