import { type ChildProcess, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { testSecret } from '../support/server.ts'
import type { Outside } from './outside.ts'
import type { Points } from './points.ts'
import { PostgresTap } from './postgres-tap.ts'

/** Time for a process asked to stop: its grace for turns, connections and the database, and a margin. */
const patienceMs = 15_000
const program = join(import.meta.dirname, 'faulty-server.ts')

/** One process of the fleet and its connection to Postgres; a new process replaces it when it is gone. */
export interface Slot {
  readonly number: number
  readonly tap: PostgresTap
  child: ChildProcess | undefined
  /** Its address; undefined from the moment it is told to stop until its successor listens. */
  url: string | undefined
  exited: Promise<void>
  isExpectedToGo: boolean
  /** The last lines of its output, for when it dies by itself. */
  said: string[]
}

export interface FleetOptions {
  databaseUrl: string
  size: number
  outside: Outside
  points: Points
  environment?: Record<string, string>
}

/** Processes of the real server on one database. */
export class Fleet implements AsyncDisposable {
  readonly slots: Slot[] = []
  /** Processes that ended without having been stopped. */
  readonly deaths: string[] = []
  readonly #options: FleetOptions
  readonly #starting: Promise<void>[] = []

  constructor(options: FleetOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    for (let number = 0; number < this.#options.size; number += 1) {
      const { hostname: host, port } = new URL(this.#options.databaseUrl)
      const postgres = { host, port: Number(port) }
      const tap = new PostgresTap({ slot: number, points: this.#options.points, postgres })
      await tap.listen()
      this.slots.push({
        ...{ number, tap, child: undefined, url: undefined, exited: Promise.resolve() },
        ...{ isExpectedToGo: true, said: [] },
      })
    }
    await Promise.all(this.slots.map(slot => this.#fill(slot)))
  }

  slot(number: number): Slot {
    const slot = this.slots[number]
    if (!slot) throw new Error(`There is no process ${number}`)
    return slot
  }

  /** Addresses that currently answer requests, starting with `first`. */
  urls(first: number): string[] {
    const turned = [...this.slots.slice(first), ...this.slots.slice(0, first)]
    return turned.flatMap(({ url }) => url ?? [])
  }

  /** kill -9. Resolves when the process is gone; its successor is starting. */
  async kill(slot: Slot): Promise<void> {
    const { child, exited } = slot
    this.#expectToGo(slot)
    child?.kill('SIGKILL')
    await exited
    this.#replace(slot, child)
  }

  /** SIGTERM: asks the process to stop; its successor starts when it has. */
  async terminate(slot: Slot): Promise<void> {
    const { child, exited } = slot
    this.#expectToGo(slot)
    child?.kill('SIGTERM')
    const late = setTimeout(() => {
      this.deaths.push(`process ${slot.number} did not go when asked to:\n${slot.said.join('\n')}`)
      child?.kill('SIGKILL')
    }, patienceMs)
    await exited
    clearTimeout(late)
    this.#replace(slot, child)
  }

  /** Waits until all processes are running and answer. */
  async whole(): Promise<void> {
    while (this.#starting.length > 0) await Promise.all(this.#starting.splice(0))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.whole()
    for (const slot of this.slots) {
      this.#expectToGo(slot)
      slot.child?.kill('SIGKILL')
      await slot.exited
      slot.tap.close()
    }
  }

  #expectToGo(slot: Slot): void {
    slot.isExpectedToGo = true
    slot.url = undefined
  }

  /** Two faults may have ended the same process; it gets only one successor. */
  #replace(slot: Slot, gone: ChildProcess | undefined): void {
    if (slot.child === gone) this.#starting.push(this.#fill(slot))
  }

  async #fill(slot: Slot): Promise<void> {
    slot.tap.instanceId = undefined
    slot.said = []
    const child = spawn(process.execPath, [program, 'serve'], {
      cwd: tmpdir(),
      env: this.#environmentOf(slot),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    slot.child = child
    slot.isExpectedToGo = false
    slot.exited = new Promise(resolve => child.once('exit', () => resolve()))
    child.once('exit', code => this.#noteDeath(slot, code))
    const url = await this.#listening(slot, child)
    if (slot.child === child && !slot.isExpectedToGo) slot.url = url
  }

  #noteDeath(slot: Slot, code: number | null): void {
    // If it dies before listening, whoever waits for it reports that.
    if (slot.isExpectedToGo || slot.url === undefined) return
    this.#expectToGo(slot)
    this.deaths.push(`process ${slot.number} died by itself with ${code}:\n${slot.said.join('\n')}`)
    this.#replace(slot, slot.child)
  }

  /** Undefined when a fault ended it before it listened. */
  #listening(slot: Slot, child: ChildProcess): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const hear = (line: string) => {
        slot.said = [...slot.said.slice(-40), line]
        if (line.includes('"msg":"listening"')) resolve(JSON.parse(line).url)
      }
      for (const stream of [child.stdout, child.stderr])
        if (stream) createInterface({ input: stream }).on('line', hear)
      child.once('exit', () => {
        if (slot.child !== child || slot.isExpectedToGo) resolve(undefined)
        else reject(new Error(`A server did not start:\n${slot.said.join('\n')}`))
      })
    })
  }

  #environmentOf({ number, tap }: Slot): NodeJS.ProcessEnv {
    const { databaseUrl, outside, environment } = this.#options
    const database = new URL(databaseUrl)
    database.port = String(tap.port)
    return {
      PATH: process.env.PATH,
      NODE_NO_WARNINGS: '1',
      PORT: '0',
      TURNS_PER_MINUTE: '0',
      SUMMARIES: 'off',
      PUBLIC_URL: 'http://colloquy.test',
      BETTER_AUTH_SECRET: testSecret,
      DATABASE_URL: database.href,
      DATABASE_CONNECT_TIMEOUT_SECONDS: '3',
      MODEL: 'compatible/scripted',
      MODEL_BASE_URL: `${outside.urlFor(number)}/v1`,
      OUTSIDE_URL: outside.urlFor(number),
      RESPONSE_WAIT_SECONDS: '20',
      SHUTDOWN_GRACE_SECONDS: '0.2',
      ...environment,
    }
  }
}
