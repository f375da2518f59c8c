import { Socket } from 'node:net'
import { Client, type ClientConfig, type Pool } from 'pg'

const goodbyeMs = 2_000

/** Members of the driver that its types leave out. */
interface DriverInternals {
  processID: number
  getStartupConf(): Record<string, string>
  _getActiveQuery(): unknown
}

// Constructor as the pool calls it, and the internals used here; test/operations/ checks all three.
const DriverClient = Client as unknown as new (config?: string | ClientConfig) => Client & DriverInternals

/**
 * A session configured entirely by its startup message, so that a pooler may use another server connection for each
 * transaction.
 */
export class PostgresSession extends DriverClient {
  /** Queries are answered by another backend process than the one at startup: a pooler is in between. */
  isPooled = false
  #isHeldBack = false

  /** In most zones, times far in the past have offsets with seconds, which Date cannot parse. */
  override getStartupConf(): Record<string, string> {
    return { ...super.getStartupConf(), TimeZone: 'UTC' }
  }

  async lookForPooler(): Promise<void> {
    const { rows } = await this.query<{ pid: number }>('select pg_backend_pid() as pid')
    this.isPooled = rows[0]?.pid !== this.processID
  }

  get isAwaitingAnswer(): boolean {
    return this._getActiveQuery() !== null
  }

  /** Buffers writes until the end of this turn of the event loop, so that all its queries leave in one write. */
  holdBack(): void {
    if (this.#isHeldBack) return
    const { stream } = this.connection
    this.#isHeldBack = true
    stream.cork()
    setImmediate(() => {
      this.#isHeldBack = false
      stream.uncork()
    })
  }

  giveUp(): void {
    this.connection.stream.destroy(
      Object.assign(new Error('The connection to the database has gone silent'), { code: 'ETIMEDOUT' }),
    )
  }
}

/**
 * Closes pooled connections that stay silent although a response is due: a network that drops packets never closes
 * them.
 */
export class SilenceWatch {
  readonly #open = new Set<PostgresSession>()
  readonly #unheard = new Set<PostgresSession>()
  readonly #silenceMs: number

  /** 0: wait forever. */
  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs
  }

  over(pool: Pool): void {
    pool.on('acquire', client => client instanceof PostgresSession && this.#unheard.delete(client))
    pool.on('remove', client => client instanceof PostgresSession && this.#forget(client))
  }

  /** Watches a session from its start. */
  begin(session: PostgresSession): void {
    this.#open.add(session)
    const { stream } = session.connection
    if (!(stream instanceof Socket)) return
    stream.setTimeout(this.#silenceMs).on('timeout', () => {
      if (!session.isAwaitingAnswer) return void this.#unheard.add(session)
      // The same network fault may affect idle connections not heard from since: close them before anyone waits for
      // them.
      for (const each of [session, ...this.#unheard]) each.giveUp()
    })
  }

  /** Bounded in time: the server may not answer the goodbye, and a connection in use may never be returned. */
  async end(pool: Pool): Promise<void> {
    const ended = pool.end()
    await within(goodbyeMs, ended)
    for (const session of this.#open) session.giveUp()
    await within(goodbyeMs, ended)
  }

  #forget(session: PostgresSession): void {
    this.#open.delete(session)
    this.#unheard.delete(session)
  }
}

/** Resolves when the work is done or the time has passed. */
function within(ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
