import { DrizzleQueryError } from 'drizzle-orm'

/**
 * An error that a log may show. The query builder's quotes its statement with all values, a password's hash among them,
 * and a driver's may carry them as a field: of those only message, code and stack are kept.
 */
export function withoutValues(error: unknown): unknown {
  const failed = failedQueryOf(error)
  if (!failed) return error
  const { cause } = failed
  const bare = new Error(cause instanceof Error ? cause.message : 'The statement failed')
  if (cause instanceof Error && cause.stack) bare.stack = cause.stack
  return cause instanceof Error && 'code' in cause ? Object.assign(bare, { code: cause.code }) : bare
}

function failedQueryOf(error: unknown): DrizzleQueryError | undefined {
  if (error instanceof DrizzleQueryError) return error
  return error instanceof Error ? failedQueryOf(error.cause) : undefined
}
