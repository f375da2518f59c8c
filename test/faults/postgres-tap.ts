import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Points } from './points.ts'
import { Frames, firstValueOf, nameOf, stringsOf, typeOf } from './protocol.ts'

/** One direction of a connection, whose data can be held, in order, and released again. */
class Valve {
  #waiting: (() => void)[] | undefined

  pass(work: () => void): void {
    if (this.#waiting) this.#waiting.push(work)
    else work()
  }

  shut(): void {
    this.#waiting ??= []
  }

  open(): void {
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    for (const work of waiting) this.pass(work)
  }
}

interface TapOptions {
  slot: number
  points: Points
  postgres: { host: string; port: number }
}

/** One connection of a process to Postgres, observed statement by statement. */
class Line {
  readonly #tap: PostgresTap
  readonly #client: Socket
  readonly #server: Socket
  readonly #up = new Valve()
  readonly #down = new Valve()
  readonly #statements = new Map<string, string>()
  /** Statements for which Postgres still owes a ReadyForQuery, oldest first. */
  readonly #outstanding: string[] = []
  #bound = ''
  #answer: Buffer[] = []
  #backendPid: number | undefined

  constructor(tap: PostgresTap, client: Socket) {
    this.#tap = tap
    this.#client = client
    this.#server = connect(tap.options.postgres).setNoDelay()
    const fromClient = new Frames('client')
    const fromServer = new Frames('server')
    client.on('data', chunk => {
      for (const frame of fromClient.cut(chunk)) this.#ask(frame)
    })
    this.#server.on('data', chunk => {
      for (const frame of fromServer.cut(chunk)) this.#tell(frame)
    })
    client.on('error', () => {}).on('close', () => this.#server.destroy())
    this.#server.on('error', () => {}).on('close', () => this.#end())
  }

  shut(): void {
    this.#up.shut()
    this.#down.shut()
  }

  open(): void {
    this.#up.open()
    this.#down.open()
  }

  sever(): void {
    this.#client.destroy()
    this.#server.destroy()
  }

  /** Postgres has closed the connection; its last data is still forwarded. */
  #end(): void {
    const last = Buffer.concat(this.#answer)
    this.#down.pass(() => this.#client.end(last))
  }

  #ask(frame: Buffer): void {
    const statement = this.#note(frame)
    if (statement !== undefined) this.#meet(`${nameOf(statement)}:before`, this.#up)
    this.#up.pass(() => this.#server.write(frame))
  }

  /** Returns the statement if this frame executes it. */
  #note(frame: Buffer): string | undefined {
    switch (typeOf(frame)) {
      case 'P': {
        const [name = '', statement = ''] = stringsOf(frame, 2)
        this.#statements.set(name, statement)
        return undefined
      }
      case 'B': {
        this.#bound = this.#statements.get(stringsOf(frame, 2)[1] ?? '') ?? ''
        if (nameOf(this.#bound) === 'renew_lease') this.#tap.instanceId = firstValueOf(frame)
        return this.#bound
      }
      case 'S':
        this.#outstanding.push(this.#bound)
        this.#bound = ''
        return undefined
      case 'Q': {
        const [statement = ''] = stringsOf(frame, 1)
        this.#outstanding.push(statement)
        return statement
      }
      default:
        return undefined
    }
  }

  /** A response is forwarded only when complete: only then has its statement been committed. */
  #tell(frame: Buffer): void {
    const type = typeOf(frame)
    if (type === 'K') this.#backendPid = frame.readInt32BE(5)
    this.#answer.push(frame)
    const isWhole = type === 'Z'
    if (this.#outstanding.length > 0 && !isWhole) return
    const statement = isWhole ? this.#outstanding.shift() : undefined
    const answer = this.#answer
    this.#answer = []
    if (statement !== undefined) {
      const name = nameOf(statement)
      const isIdle = name === 'claim_turns' && !answer.some(each => typeOf(each) === 'D')
      if (!isIdle) this.#meet(`${name}:after`, this.#down)
    }
    this.#down.pass(() => this.#client.write(Buffer.concat(answer)))
  }

  #meet(point: string, valve: Valve): void {
    const tell = this.#tap.options.points.meet(point)
    if (!tell) return
    valve.shut()
    tell({
      slot: this.#tap.options.slot,
      resume: () => valve.open(),
      sever: () => this.sever(),
      backendPid: this.#backendPid,
    })
  }
}

/** A proxy between one process and Postgres, unnoticed by the process. */
export class PostgresTap {
  readonly options: TapOptions
  /** The instance id of the process's last lease renewal. */
  instanceId: string | undefined
  port = 0
  readonly #lines = new Set<Line>()
  readonly #server: Server
  #isShut = false

  constructor(options: TapOptions) {
    this.options = options
    this.#server = createServer(client => {
      const line = new Line(this, client.setNoDelay())
      if (this.#isShut) line.shut()
      this.#lines.add(line)
      client.on('close', () => this.#lines.delete(line))
    })
  }

  listen(): Promise<void> {
    return new Promise(resolve => {
      this.#server.listen(0, '127.0.0.1', () => {
        const address = this.#server.address()
        this.port = typeof address === 'object' && address ? address.port : 0
        resolve()
      })
    })
  }

  /** Partitions the process from Postgres: nothing arrives and nothing is refused. */
  shut(): void {
    this.#isShut = true
    for (const line of this.#lines) line.shut()
  }

  /** Silences open connections without closing them; connections opened later work. */
  silence(): void {
    for (const line of this.#lines) line.shut()
  }

  open(): void {
    this.#isShut = false
    for (const line of this.#lines) line.open()
  }

  severAll(): void {
    for (const line of this.#lines) line.sever()
  }

  close(): void {
    this.severAll()
    this.#server.close()
  }
}
