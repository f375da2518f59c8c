import { DrizzleQueryError } from 'drizzle-orm'

export interface ErrorDescription {
  type: string
  message: string
  code?: unknown
  stack?: string | undefined
  cause?: ErrorDescription
}

/**
 * Describes an error by what identifies it and where it came from: drivers add statements, details and users' values.
 */
export function describeError(error: unknown): ErrorDescription {
  // The query builder's error quotes the statement with all values; its cause says what went wrong.
  if (error instanceof DrizzleQueryError) return describeError(error.cause ?? 'The statement failed')
  if (!(error instanceof Error)) return { type: typeof error, message: describeThrown(error) }
  return {
    type: error.name,
    message: messageOf(error),
    ...('code' in error ? { code: error.code } : {}),
    stack: framesOf(error),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  }
}

/** An error may define its own text for the log. */
function messageOf(error: Error): string {
  if ('inLog' in error && typeof error.inLog === 'string') return error.inLog
  return quotesValues(error) ? withoutQuoted(error.message) : error.message
}

const describeThrown = (value: unknown) => (typeof value === 'object' && value ? 'An object' : String(value))

/** Engines quote input they could not parse: headers with keys, JSON, and in Postgres invalid values (class 22). */
const quotesValues = (error: Error) =>
  error instanceof SyntaxError ||
  error instanceof TypeError ||
  error instanceof RangeError ||
  ('code' in error && typeof error.code === 'string' && error.code.startsWith('22'))

const withoutQuoted = (message: string) => message.replaceAll(/"[\s\S]*"/g, '"…"')

/** Only the frames: the stack starts with the message, which is logged separately and with care. */
const framesOf = ({ stack }: Error) => stack?.match(/^ {4}at .*$/gm)?.join('\n')
