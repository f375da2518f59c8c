import { Socket } from 'node:net'
import { Client, type ClientConfig, type Pool } from 'pg'

const goodbyeMs = 2_000

/** What the driver has and its types leave out. */
interface DriverInternals {
  processID: number
  getStartupConf(): Record<string, string>
  _getActiveQuery(): unknown
}

// As the pool calls it, and with what is relied on here; test/operations/ tries each of the three.
const DriverClient = Client as unknown as new (config?: string | ClientConfig) => Client & DriverInternals

/**
 * A session as it begins: nothing is set after the startup message, so that a pooler may lend it another server
 * connection for each transaction.
 */
export class PostgresSession extends DriverClient {
  /** Answered by a process other than the one that greeted: a pooler is in between. */
  isPooled = false
  #isHeldBack = false

  /** Times far back have offsets with seconds in most zones, which nobody can read. */
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

  /** What is asked from here on leaves in one write, when all has been asked that this turn of the event loop asks for. */
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
 * Gives up the connections of a pool on which nothing comes although an answer is due: a network that swallows what it
 * is given closes nothing.
 */
export class SilenceWatch {
  readonly #open = new Set<PostgresSession>()
  readonly #unheard = new Set<PostgresSession>()
  readonly #silenceMs: number

  /** 0 waits for ever. */
  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs
  }

  over(pool: Pool): void {
    pool.on('acquire', client => client instanceof PostgresSession && this.#unheard.delete(client))
    pool.on('remove', client => client instanceof PostgresSession && this.#forget(client))
  }

  /** From a session's beginning. */
  begin(session: PostgresSession): void {
    this.#open.add(session)
    const { stream } = session.connection
    if (!(stream instanceof Socket)) return
    stream.setTimeout(this.#silenceMs).on('timeout', () => {
      if (!session.isAwaitingAnswer) return void this.#unheard.add(session)
      // What has silenced this one may have silenced all that were not heard since: nobody else waits for them in vain.
      for (const each of [session, ...this.#unheard]) each.giveUp()
    })
  }

  /** The other end may be too silent even to say goodbye, and who has a connection may never give it back. */
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

/** Resolves when the work is done, or when the time is over. */
function within(ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
