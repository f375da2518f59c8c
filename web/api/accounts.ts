import { accessToken, forgetAccessToken, type Person, renewAccessToken } from './access-token.ts'
import { Problem, textAt } from './problem.ts'

export interface Credentials {
  email: string
  password: string
}

/** The person signed in in this browser; null when nobody is. */
export async function findSession(): Promise<Person | null> {
  const session = await ask('/get-session')
  return session === null ? null : (await accessToken()).person
}

export async function signIn(credentials: Credentials): Promise<Person> {
  await ask('/sign-in/email', credentials)
  forgetAccessToken()
  return (await accessToken()).person
}

export async function signUp(account: Credentials & { name: string }): Promise<Person> {
  await ask('/sign-up/email', account)
  forgetAccessToken()
  return (await accessToken()).person
}

export async function signOut(): Promise<void> {
  await ask('/sign-out', {})
  forgetAccessToken()
}

export async function changeName(name: string): Promise<Person> {
  await ask('/update-user', { name })
  // The token contains the name.
  return (await renewAccessToken()).person
}

export async function changePassword(currentPassword: string, newPassword: string): Promise<void> {
  await ask('/change-password', { currentPassword, newPassword, revokeOtherSessions: true })
}

/**
 * Sends a request about the account: `path` is relative to `/api/auth`; with a body it is a POST. Throws an
 * AccountProblem.
 */
export async function ask(path: string, body?: unknown): Promise<unknown> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`/api/auth${path}`, { ...init, headers }).catch(cause => {
    throw new Problem('offline', 0, { detail: String(cause) })
  })
  const answer: unknown = await response.json().catch(() => undefined)
  if (response.ok) return answer
  throw new AccountProblem(textAt(answer, 'code') ?? '', response.status, textAt(answer, 'message'))
}

/** An error of the account routes, as one sentence. */
export class AccountProblem extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, status: number, message: string | undefined) {
    super(sentenceFor(code, status, message))
    this.name = 'AccountProblem'
    this.code = code
    this.status = status
  }
}

const sentences: Record<string, string> = {
  INVALID_EMAIL_OR_PASSWORD: 'The e-mail address or the password is not right.',
  INVALID_PASSWORD: 'The password is not right.',
  INVALID_EMAIL: 'This is not an e-mail address.',
  USER_ALREADY_EXISTS: 'There is an account with this e-mail address already. Sign in instead.',
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL:
    'There is an account with this e-mail address already. Sign in instead.',
  PASSWORD_TOO_SHORT: 'The password needs at least 8 characters.',
  PASSWORD_TOO_LONG: 'The password can have at most 72 characters.',
}

function sentenceFor(code: string, status: number, message: string | undefined): string {
  const known = sentences[code]
  if (known) return known
  if (status === 429) return 'Too many attempts. Wait a minute, then try again.'
  if (status >= 500) return 'The server cannot do this right now. Try again in a moment.'
  return message ? message.replace(/\.?$/, '.') : 'That did not work. Try again.'
}
