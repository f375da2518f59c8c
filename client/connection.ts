import type { Problem } from './contract.ts'

export interface Settings {
  /** The server's origin, without a path. */
  url: string
  userId: string
  /** A function is called before each request, because tokens are short-lived. */
  token: string | (() => string | Promise<string>)
  fetch?: typeof fetch
  /** How long a failed request or a cut stream is retried before its error is thrown. */
  patienceMs?: number
}

type Headers = Record<string, string>
export type Sending = { method?: string; body?: unknown; headers?: Headers; signal?: AbortSignal | undefined }

/** The server answered with an error. */
export class ApiError extends Error {
  readonly problem: Problem
  readonly retryAfterMs: number

  constructor(problem: Problem, retryAfterMs: number) {
    super(problem.detail)
    this.problem = problem
    this.retryAfterMs = retryAfterMs
  }
}

/** No response, or an incomplete one. */
export class ConnectionLost extends Error {}

/** Sends one request under `/api/{user_id}`, without retries. Throws an ApiError for any answer but success. */
export function createSend({ url, userId, token, fetch = globalThis.fetch }: Settings) {
  const root = `/api/${encodeURIComponent(userId)}`
  return async (path: string, { method = 'GET', body, headers, signal }: Sending = {}): Promise<Response> => {
    const authorization = `Bearer ${typeof token === 'string' ? token : await token()}`
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const request = { method, headers: { ...json, ...headers, authorization }, signal: signal ?? null }
    const target = new URL(path.startsWith('/api/') ? path : root + path, url)
    const sent = fetch(target, { ...request, body: body === undefined ? null : JSON.stringify(body) })
    const answer = await sent.catch(cause => lost(cause, signal))
    if (answer.ok) return answer
    throw new ApiError(await problemOf(answer), Number(answer.headers.get('retry-after')) * 1000 || 0)
  }
}

/** An intended abort does not count as a lost connection. */
export function lost(cause: unknown, signal: AbortSignal | undefined): never {
  signal?.throwIfAborted()
  throw new ConnectionLost('The connection to the server was lost', { cause })
}

async function problemOf(answer: Response): Promise<Problem> {
  const { status, statusText: detail } = answer
  const unknown: Problem = { status, code: 'unknown', title: 'No answer of ours', detail }
  const isOurs = answer.headers.get('content-type')?.startsWith('application/problem+json')
  return isOurs ? answer.json().catch(() => unknown) : unknown
}

/** Retries temporary failures with growing pauses, until `patienceMs` pass without a success. */
export function createPatience({ patienceMs = 60_000 }: Settings, signal: AbortSignal | undefined) {
  let tried = { since: Date.now(), times: 0 }
  return {
    renew() {
      tried = { since: Date.now(), times: 0 }
    },
    /** Waits before the next attempt, or throws `error` if it is final. */
    async endure(error: unknown): Promise<void> {
      const backOffMs = Math.min(10_000, 100 * 2 ** tried.times++) * (0.5 + Math.random() / 2)
      const delayMs = (error instanceof ApiError && error.retryAfterMs) || backOffMs
      if (!isPassing(error) || Date.now() + delayMs > tried.since + patienceMs) throw error
      await new Promise(resolve => setTimeout(resolve, delayMs))
      signal?.throwIfAborted()
    },
  }
}

/** A failed turn is final; an unavailable database or server comes back. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof ApiError)) return error instanceof ConnectionLost
  const { status, code } = error.problem
  if (code === 'unknown') return status >= 502
  return ['database_unavailable', 'rate_limited', 'request_timeout'].includes(code)
}
