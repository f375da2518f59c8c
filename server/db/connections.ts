import postgres from 'postgres'
import { isConnectionLost } from './failure.ts'

/** In the driver's words, so that they are told apart in one place: failure.ts. */
class ConnectionError extends Error {
  readonly code: 'CONNECTION_CLOSED' | 'CONNECTION_ENDED'

  constructor(code: ConnectionError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/**
 * One connection, for one piece of work at a time, thrown away when it closes. The driver's own pool would open it
 * again under the work that still holds it: postgres 3.4.9 then runs the rest of a transaction outside of any, writes to
 * a socket that is gone (which ends the process), or never gets the new connection going.
 */
export class OneConnection {
  readonly sql: postgres.Sql
  isLost = false

  constructor(url: string, options: postgres.Options<Record<string, never>>) {
    const onclose = () => {
      this.isLost = true
    }
    this.sql = postgres(url, { ...options, max: 1, onclose })
  }

  async run<T>(statement: () => PromiseLike<T>): Promise<T> {
    if (this.isLost) throw new ConnectionError('CONNECTION_CLOSED', 'Lost in the middle of a transaction')
    try {
      return await statement()
    } catch (error) {
      if (isConnectionLost(error)) this.isLost = true
      throw error
    }
  }

  /** Everything `work` does happens, or nothing; a failed statement that it kept quiet about undoes the rest, too. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.#say('begin')
    try {
      const result = await work()
      const { command } = await this.#say('commit')
      if (command !== 'COMMIT') throw new Error('A statement of this transaction had failed')
      return result
    } catch (error) {
      if (!this.isLost) await this.#say('rollback')
      throw error
    }
  }

  async savepoint<T>(name: string, work: () => Promise<T>): Promise<T> {
    await this.#say(`savepoint ${name}`)
    try {
      return await work()
    } catch (error) {
      if (!this.isLost) await this.#say(`rollback to ${name}`)
      throw error
    }
  }

  #say(statement: string) {
    return this.run(() => this.sql.unsafe(statement))
  }
}

/** A pool of connections; opens one when it is first needed. */
export class Connections {
  readonly #open: () => OneConnection
  readonly #size: number
  readonly #all = new Set<OneConnection>()
  readonly #idle: OneConnection[] = []
  readonly #waiting: ((connection: OneConnection) => void)[] = []
  #isClosed = false

  constructor(size: number, open: () => OneConnection) {
    this.#size = size
    this.#open = open
  }

  async use<T>(work: (connection: OneConnection) => PromiseLike<T>): Promise<T> {
    if (this.#isClosed) throw new ConnectionError('CONNECTION_ENDED', 'The pool is closed')
    const connection = this.#take() ?? (await new Promise<OneConnection>(next => this.#waiting.push(next)))
    try {
      return await work(connection)
    } finally {
      this.#giveBack(connection)
    }
  }

  /** What is under way gets `graceSeconds`. */
  async close(graceSeconds: number): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#all].map(({ sql }) => sql.end({ timeout: graceSeconds })))
  }

  #take(): OneConnection | undefined {
    for (let connection = this.#idle.pop(); connection; connection = this.#idle.pop()) {
      if (!connection.isLost) return connection
      this.#drop(connection)
    }
    if (this.#all.size >= this.#size) return undefined
    const opened = this.#open()
    this.#all.add(opened)
    return opened
  }

  #giveBack(connection: OneConnection): void {
    if (connection.isLost) this.#drop(connection)
    else this.#idle.push(connection)
    const next = this.#waiting.shift()
    if (!next) return
    const free = this.#take()
    if (free) next(free)
    else this.#waiting.unshift(next)
  }

  #drop(connection: OneConnection): void {
    this.#all.delete(connection)
    void connection.sql.end({ timeout: 0 })
  }
}
