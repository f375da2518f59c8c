import type { PoolClient } from 'pg'
import { isConnectionLost } from './failure.ts'
import { PostgresSession } from './postgres-session.ts'

/** With more connections fewer statements share one, and each again costs a write and a wake-up of its own. */
const maxShared = 6
/** After this long without a due response, a connection takes no further callers. */
const stallMs = 500

interface SharedConnection {
  readonly client: Promise<PoolClient>
  users: number
  /** When it was opened or last answered. */
  heardAt: number
  isLost: boolean
}

/**
 * Pooled connections on each of which several callers pipeline statements, each statement its own transaction.
 * Statements from one turn of the event loop leave in one write, and Postgres processes them without sleeping in
 * between. Half of the pool remains for callers that need a connection to themselves.
 */
export class SharedConnections {
  /** 0: the pool is too small to share any. */
  readonly limit: number
  readonly #connect: () => Promise<PoolClient>
  /** Those that accept further statements; each returns to the pool after its last one. */
  readonly #open = new Set<SharedConnection>()

  constructor(poolSize: number, connect: () => Promise<PoolClient>) {
    this.limit = Math.min(maxShared, Math.floor(poolSize / 2))
    this.#connect = connect
  }

  /** `ask` must send one statement, immediately. */
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

  /** The least busy connection, or a new one below the limit. */
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
    // If it could not be opened, its users have already received the error.
    shared.client.then(client => client.release(shared.isLost)).catch(() => {})
  }
}
