import type { AuthenticatedUser } from './authenticated-user.ts'

interface VerifiedToken {
  user: AuthenticatedUser
  until: number
}

/**
 * Remembers the users of verified tokens until a time in milliseconds, at most `limit` tokens; the oldest is dropped
 * first.
 */
export class VerifiedTokens {
  readonly #limit: number
  readonly #tokens = new Map<string, VerifiedToken>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#tokens.size
  }

  find(token: string, now: number): AuthenticatedUser | undefined {
    const verified = this.#tokens.get(token)
    if (!verified || now < verified.until) return verified?.user
    this.#tokens.delete(token)
    return undefined
  }

  keep(token: string, user: AuthenticatedUser, until: number): void {
    this.#tokens.delete(token)
    for (const oldest of this.#tokens.keys()) {
      if (this.#tokens.size < this.#limit) break
      this.#tokens.delete(oldest)
    }
    this.#tokens.set(token, { user, until })
  }
}
