/**
 * Normalises providers' failures, which come as errors or as plain objects in the stream, with or without saying
 * whether a retry helps.
 */

const maxDelayMs = 8_000
const maxLoggedChars = 500

type Facts = Record<string, unknown>

const factsOf = (error: unknown): Facts => (typeof error === 'object' && error !== null ? { ...error } : {})

/**
 * A failed model call in a form that may be logged: only what the provider said. The packages' own errors contain the
 * whole prompt, which is the user's text.
 */
export class ModelFailure extends Error {
  readonly statusCode: number | undefined
  readonly isRetryable: boolean
  readonly retryAfterMs: number | undefined
  /** Logged instead of the message, which may repeat the prompt or the key. */
  readonly inLog: string

  constructor(error: unknown) {
    super(describe(error))
    this.name = 'ModelFailure'
    if (error instanceof Error && error.stack) this.stack = error.stack.slice(0, 4 * maxLoggedChars)
    const facts = factsOf(error)
    this.inLog = summaryOf(error)
    this.statusCode = statusOf(facts)
    this.isRetryable = isRetryable(facts, this.statusCode)
    this.retryAfterMs = retryAfterMs(factsOf(facts.responseHeaders), Date.now())
  }

  /** The stream ended before the model did: another attempt may get the whole answer. */
  static incomplete(message: string): ModelFailure {
    return new ModelFailure({ message, isRetryable: true })
  }
}

/**
 * Exponential backoff with jitter of half to all of the step, so that turns do not all retry at once; a delay asked for
 * by the provider takes precedence.
 */
export function retryDelayMs(failure: ModelFailure, attempt: number, firstDelayMs: number): number {
  if (failure.retryAfterMs !== undefined) return failure.retryAfterMs
  const stepMs = Math.min(maxDelayMs, firstDelayMs * 2 ** (attempt - 1))
  return stepMs * (0.5 + Math.random() / 2)
}

function describe(error: unknown): string {
  const isError = error instanceof Error
  const message = isError ? error.message : factsOf(error).message
  const text = typeof message === 'string' && message !== '' ? message : String(error)
  const code = isError && error.cause instanceof Error ? factsOf(error.cause).code : undefined
  return text.slice(0, maxLoggedChars) + (typeof code === 'string' ? ` (${code})` : '')
}

/** Status, types and codes, which are the provider's fixed vocabulary. Our own and network errors are given in full. */
function summaryOf(error: unknown): string {
  const facts = factsOf(error)
  const said = factsOf(factsOf(facts.data).error ?? facts.error ?? facts)
  const words = [facts.name, statusOf(facts), said.type, said.code].filter(
    word => typeof word === 'number' || (typeof word === 'string' && /^[a-z][\w.-]{0,63}$/i.test(word)),
  )
  const isOurs = !(error instanceof Error) && facts.isRetryable === true
  return isOurs || isNetworks(error) ? describe(error) : ['The provider failed', ...words].join(', ')
}

const isNetworks = (error: unknown) =>
  error instanceof Error && error.cause instanceof Error && typeof factsOf(error.cause).code === 'string'

/** Error parts in a stream carry the status as `code`; compatible servers and OpenRouter give no other indication. */
function statusOf({ statusCode, code }: Facts): number | undefined {
  const status = statusCode ?? code
  return typeof status === 'number' && status >= 400 && status <= 599 ? status : undefined
}

function isRetryable(facts: Facts, status: number | undefined): boolean {
  if (typeof facts.isRetryable === 'boolean') return facts.isRetryable
  // The packages' error for an answer that ends in the middle, when they notice.
  if (facts.name === 'AI_InvalidResponseDataError') return true
  return status !== undefined && (status === 408 || status === 409 || status === 429 || status >= 500)
}

/** RFC 9110 §10.2.3: seconds or a date; OpenAI and Anthropic also send milliseconds. */
function retryAfterMs(headers: Facts, now: number): number | undefined {
  const milliseconds = headers['retry-after-ms']
  if (typeof milliseconds === 'string' && /^\d+(\.\d+)?$/.test(milliseconds)) return Number(milliseconds)
  const wish = headers['retry-after']
  if (typeof wish !== 'string') return undefined
  if (/^\d+(\.\d+)?$/.test(wish)) return Number(wish) * 1000
  const date = Date.parse(wish)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
