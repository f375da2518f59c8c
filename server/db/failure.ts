import { AppError } from '../errors.ts'

/** The SQLSTATE or Node error code of a failed statement; searches the causes, since the query builder wraps errors. */
export function databaseCodeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = ownCodeOf(at)
    if (code !== undefined) return code
  }
  return undefined
}

/** The code of this error itself, ignoring its causes. */
export function ownCodeOf(error: Error): string | undefined {
  if ('code' in error && typeof error.code === 'string') return error.code
  return driverWords.find(([words]) => words.test(error.message))?.[1]
}

/** Errors that pg 8.23 throws without a code. */
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

/** For mere lookups: an erased user has nothing left to find. */
export function nullIfErased(error: unknown): null {
  if (isUserErased(error)) return null
  throw error
}

export const isLockNotAvailable = (error: unknown) => databaseCodeOf(error) === '55P03'

export const isUniqueViolation = (error: unknown) => databaseCodeOf(error) === '23505'

/** May succeed on retry: serialization failure, deadlock, lock or idle timeout, cancelled statement. */
const repeatable = new Set(['40001', '40P01', '55P03', '57014', '25P03'])

/** The connection or the server was lost; whether a commit in progress took effect is unknown. */
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
  '25P04', // transaction_timeout, which also ends the session
])

/** This process has closed its connections because it is shutting down: no retry can work. */
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
  // Class 08: connection exceptions. 57P0x: shutdown by an operator, or a server that is starting.
  return code !== undefined && (lost.has(code) || code.startsWith('08') || code.startsWith('57P'))
}

export const isTransient = (error: unknown) =>
  isConnectionLost(error) || repeatable.has(databaseCodeOf(error) ?? '')
