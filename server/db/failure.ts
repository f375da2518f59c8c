/** How statements fail, by SQLSTATE or the driver's code; the query builder wraps errors, so causes are searched. */
export function databaseCodeOf(error: unknown): string | undefined {
  for (let e = error; e instanceof Error; e = e.cause) {
    if ('code' in e && typeof e.code === 'string') return e.code
  }
  return undefined
}

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
])

/** This process has closed its connections: it is going, and nothing it does again will work. */
const closed = new Set(['CONNECTION_ENDED', 'CONNECTION_DESTROYED'])

export const isDatabaseAway = (error: unknown) =>
  isConnectionLost(error) || closed.has(databaseCodeOf(error) ?? '')

export function isConnectionLost(error: unknown): boolean {
  const code = databaseCodeOf(error)
  // Class 08 is connection exceptions, 57P0x an operator's shutdown or a server that is starting.
  return code !== undefined && (lost.has(code) || code.startsWith('08') || code.startsWith('57P'))
}

export const isTransient = (error: unknown) =>
  isConnectionLost(error) || repeatable.has(databaseCodeOf(error) ?? '')
