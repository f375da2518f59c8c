import type { PoolClient } from 'pg'
import { isConnectionLost } from './failure.ts'
import { PostgresSession } from './postgres-session.ts'

/** More of them share less: each statement is a write and a wake-up of its own again. */
const maxShared = 6
/** After so long without an answer that is due, nobody else is made to wait for a connection. */
const stallMs = 500

interface SharedConnection {
  readonly client: Promise<PoolClient>
  users: number
  /** When it was opened, or last answered. */
  heardAt: number
  isLost: boolean
}

/**
 * Connections of a pool on each of which several callers have statements under way, every statement a transaction of its
 * own. What is asked in one turn of the event loop leaves in one write, and Postgres goes from one statement to the next
 * without sleeping in between. Half of the pool stays with those who need a connection to themselves.
 */
export class SharedConnections {
  /** 0: there are too few to share any. */
  readonly limit: number
  readonly #connect: () => Promise<PoolClient>
  /** Those that take in further statements; each goes back to the pool with its last. */
  readonly #open = new Set<SharedConnection>()

  constructor(poolSize: number, connect: () => Promise<PoolClient>) {
    this.limit = Math.min(maxShared, Math.floor(poolSize / 2))
    this.#connect = connect
  }

  /** `ask` sends one statement, at once. */
  async use<T>(ask: (client: PoolClient) => Promise<T>): Promise<T> {
    const shared = this.#choose()
    shared.users += 1
    try {
      const client = await shared.client
      if (client instanceof PostgresSession) client.holdBack()
      return await ask(client)
    } catch (error) {
      if (isConnectionLost(error)) this.#lose(shared)
      throw error
    } finally {
      shared.users -= 1
      shared.heardAt = performance.now()
      if (shared.users === 0) this.#giveBack(shared)
    }
  }

  /** The one with the least to do. */
  #choose(): SharedConnection {
    const now = performance.now()
    let least: SharedConnection | undefined
    for (const each of this.#open) {
      if (now - each.heardAt > stallMs) this.#open.delete(each)
      else if (!least || each.users < least.users) least = each
    }
    if (least && this.#open.size >= this.limit) return least
    const opened = { client: this.#connect(), users: 0, heardAt: now, isLost: false }
    this.#open.add(opened)
    return opened
  }

  #lose(shared: SharedConnection): void {
    shared.isLost = true
    this.#open.delete(shared)
  }

  #giveBack(shared: SharedConnection): void {
    this.#open.delete(shared)
    // One that could not be opened has told its users.
    shared.client.then(client => client.release(shared.isLost)).catch(() => {})
  }
}
