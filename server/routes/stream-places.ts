import type { ServerResponse } from 'node:http'
import { AppError } from '../errors.ts'
import type { LimitSettings } from '../limit-settings.ts'

export type StreamLimits = Pick<LimitSettings, 'maxStreams' | 'maxStreamsPerUser'>

const retryAfterSeconds = 5

/** Counts this process's responses that are or will become streams. A place is freed when its response closes. */
export class StreamPlaces {
  readonly #limits: StreamLimits
  readonly #users = new Map<ServerResponse, string>()
  readonly #ofUser = new Map<string, number>()

  constructor(limits: StreamLimits) {
    this.#limits = limits
  }

  /** Idempotent per response. Throws rate_limited or overloaded. */
  take(outgoing: ServerResponse, userId: string): void {
    // A closed response needs no place, and would never free it.
    if (this.#users.has(outgoing) || outgoing.closed) return
    const { maxStreams, maxStreamsPerUser } = this.#limits
    const facts = { retry_after_seconds: retryAfterSeconds }
    const own = this.#ofUser.get(userId) ?? 0
    if (own >= maxStreamsPerUser)
      throw new AppError('rate_limited', `At most ${maxStreamsPerUser} streams at once: close one`, { facts })
    if (this.#users.size >= maxStreams) throw new AppError('overloaded', undefined, { facts })
    this.#users.set(outgoing, userId)
    this.#ofUser.set(userId, own + 1)
    outgoing.once('close', () => this.#free(outgoing, userId))
  }

  #free(outgoing: ServerResponse, userId: string): void {
    this.#users.delete(outgoing)
    const left = (this.#ofUser.get(userId) ?? 1) - 1
    if (left > 0) this.#ofUser.set(userId, left)
    else this.#ofUser.delete(userId)
  }
}
