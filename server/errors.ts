/** Every error a client can receive: code, HTTP status, title. The only such table. */
const kinds = {
  invalid: [400, 'The request is not valid'],
  message_too_long: [400, 'The message is too long'],
  unauthenticated: [401, 'Authentication is required'],
  invalid_token: [401, 'The token is not valid'],
  token_expired: [401, 'The token has expired'],
  user_erased: [401, 'This user has been erased'],
  forbidden: [403, 'This belongs to another user'],
  not_found: [404, 'Not found'],
  conversation_not_found: [404, 'No such conversation'],
  task_not_found: [404, 'No such task'],
  reminder_not_found: [404, 'No such reminder'],
  turn_not_found: [404, 'No such turn'],
  tool_call_not_found: [404, 'No such tool call'],
  method_not_allowed: [405, 'Method not allowed'],
  request_timeout: [408, 'The request took too long to arrive'],
  conversation_busy: [409, 'The conversation is busy'],
  conflict: [409, 'The state has changed meanwhile'],
  body_too_large: [413, 'The request body is too large'],
  unsupported_media_type: [415, 'The content type is not supported'],
  idempotency_mismatch: [422, 'The idempotency key was used for another request'],
  rate_limited: [429, 'Too many requests'],
  budget_exceeded: [429, 'The budget is used up'],
  head_too_large: [431, 'The address or the headers are too long'],
  internal: [500, 'Something went wrong'],
  overloaded: [503, 'The server has as much to do as it can'],
  agent_unavailable: [503, 'The assistant is not available'],
  database_unavailable: [503, 'The database is not available'],
  server_stopping: [503, 'The server is stopping'],
  agent_timeout: [504, 'The assistant did not answer in time'],
} as const satisfies Record<string, readonly [status: number, title: string]>

export type ErrorCode = keyof typeof kinds
/** All codes: the table's keys. */
export const errorCodes = Object.keys(kinds) as ErrorCode[]

export const statusOf = (code: ErrorCode) => kinds[code][0]
export const titleOf = (code: ErrorCode) => kinds[code][1]

/** Facts that a client receives besides code and detail. */
export interface ErrorFacts {
  conversation_id?: string
  turn_id?: string
  retry_after_seconds?: number
  rate_limit?: RateLimit
}

/** One of the user's limits and what remains of it. */
export interface RateLimit {
  limit: number
  remaining: number
  reset_seconds: number
}

/**
 * An error meant for the client: `message` is public, `cause` is only ever logged.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly facts: ErrorFacts

  constructor(
    code: ErrorCode,
    message: string = titleOf(code),
    options: { cause?: unknown; facts?: ErrorFacts } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.facts = options.facts ?? {}
  }
}
