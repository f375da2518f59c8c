/** What the person can do about a problem; it is offered wherever the problem is shown. */
export type ProblemAction = 'retry' | 'wait' | 'edit' | 'sign_in' | 'leave' | 'reload'

interface Words {
  title: string
  advice: string
  action: ProblemAction
}

/** A plain sentence and an action for each of the server's error codes, and for two of our own. */
const words: Record<string, Words> = {
  invalid: {
    title: 'Something in this is not right.',
    advice: 'Change it and send it again.',
    action: 'edit',
  },
  message_too_long: {
    title: 'The message is too long.',
    advice: 'Shorten it and send it again.',
    action: 'edit',
  },
  unauthenticated: {
    title: 'You are signed out.',
    advice: 'Sign in to go on. What you wrote is kept.',
    action: 'sign_in',
  },
  invalid_token: {
    title: 'You are signed out.',
    advice: 'Sign in to go on. What you wrote is kept.',
    action: 'sign_in',
  },
  token_expired: {
    title: 'Your session has ended.',
    advice: 'Sign in to go on. What you wrote is kept.',
    action: 'sign_in',
  },
  forbidden: {
    title: 'This belongs to someone else.',
    advice: 'Sign in with the other account to see it.',
    action: 'leave',
  },
  not_found: { title: 'There is nothing here.', advice: 'It may have been deleted.', action: 'leave' },
  conversation_not_found: {
    title: 'This conversation does not exist.',
    advice: 'It may have been deleted.',
    action: 'leave',
  },
  task_not_found: {
    title: 'This task does not exist any more.',
    advice: 'It may have been deleted elsewhere.',
    action: 'reload',
  },
  reminder_not_found: {
    title: 'This reminder does not exist any more.',
    advice: 'It may have been deleted elsewhere.',
    action: 'reload',
  },
  turn_not_found: {
    title: 'This answer does not exist any more.',
    advice: 'Load the conversation again.',
    action: 'reload',
  },
  tool_call_not_found: {
    title: 'This step does not exist any more.',
    advice: 'Load the conversation again.',
    action: 'reload',
  },
  conversation_busy: {
    title: 'The assistant is still answering.',
    advice: 'Wait for the answer, or stop it first.',
    action: 'wait',
  },
  conflict: {
    title: 'This has changed meanwhile.',
    advice: 'Look at what is there now, then try again.',
    action: 'reload',
  },
  body_too_large: {
    title: 'This is too much to send at once.',
    advice: 'Shorten it and send it again.',
    action: 'edit',
  },
  idempotency_mismatch: {
    title: 'This was sent before with other words.',
    advice: 'Send it again as a new message.',
    action: 'retry',
  },
  user_erased: {
    title: 'This account was deleted.',
    advice: 'Everything it had is gone.',
    action: 'sign_in',
  },
  rate_limited: {
    title: 'That was a lot in a short time.',
    advice: 'Wait a moment, then try again.',
    action: 'wait',
  },
  budget_exceeded: { title: 'The budget for now is used up.', advice: 'Try again later.', action: 'wait' },
  request_timeout: {
    title: 'Sending took too long.',
    advice: 'Check your connection and try again.',
    action: 'retry',
  },
  agent_unavailable: {
    title: 'The assistant cannot be reached.',
    advice: 'Your message is kept. Try again.',
    action: 'retry',
  },
  agent_timeout: {
    title: 'The assistant took too long.',
    advice: 'Your message is kept. Try again.',
    action: 'retry',
  },
  database_unavailable: {
    title: 'The server cannot reach its data.',
    advice: 'Nothing is lost. Try again in a moment.',
    action: 'retry',
  },
  overloaded: {
    title: 'The server is very busy.',
    advice: 'Wait a moment, then try again.',
    action: 'wait',
  },
  server_stopping: {
    title: 'The server is restarting.',
    advice: 'Your message is kept. Try again in a moment.',
    action: 'retry',
  },
  internal: { title: 'Something went wrong on the server.', advice: 'Try again.', action: 'retry' },
  offline: {
    title: 'The server cannot be reached.',
    advice: 'Check your connection and try again.',
    action: 'retry',
  },
  unreadable: { title: 'The server answered something unexpected.', advice: 'Try again.', action: 'retry' },
}

const unknown: Words = { title: 'Something went wrong.', advice: 'Try again.', action: 'retry' }

export interface ProblemFacts {
  detail?: string
  requestId?: string
  retryAfterSeconds?: number
}

/** A failed request. `message` is the plain title; `detail` is the server's own sentence about this case. */
export class Problem extends Error {
  readonly code: string
  /** The HTTP status; 0 when there was no response. */
  readonly status: number
  readonly advice: string
  readonly action: ProblemAction
  readonly facts: ProblemFacts

  constructor(code: string, status: number, facts: ProblemFacts = {}) {
    const { title, advice, action } = words[code] ?? unknown
    super(title)
    this.name = 'Problem'
    this.code = code
    this.status = status
    this.advice = adviceFor(code, advice, facts)
    this.action = action
    this.facts = facts
  }
}

/** Adds what only the server knows: which limit, how long to wait. */
function adviceFor(code: string, advice: string, { detail, retryAfterSeconds }: ProblemFacts): string {
  if (code === 'rate_limited' && retryAfterSeconds !== undefined)
    return `Try again in ${retryAfterSeconds} ${retryAfterSeconds === 1 ? 'second' : 'seconds'}.`
  const isAboutInput = code === 'invalid' || code === 'message_too_long'
  return isAboutInput && detail ? `${detail.replace(/\.?$/, '.')}` : advice
}

/** Converts any error to a problem; an unknown one is a defect of the page. */
export const asProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem('unknown', 0)

/** Reads an error response (RFC 9457); the account routes' own form is read where it occurs. */
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => undefined)
  const code = textAt(body, 'code') ?? (response.status === 401 ? 'unauthenticated' : 'unreadable')
  const detail = textAt(body, 'detail')
  const requestId = textAt(body, 'request_id')
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new Problem(code, response.status, {
    ...(detail ? { detail } : {}),
    ...(requestId ? { requestId } : {}),
    ...(Number.isFinite(retryAfter) ? { retryAfterSeconds: retryAfter } : {}),
  })
}

export function textAt(body: unknown, name: string): string | undefined {
  if (typeof body !== 'object' || body === null || !(name in body)) return undefined
  const value = Object.entries(body).find(([key]) => key === name)?.[1]
  return typeof value === 'string' ? value : undefined
}
