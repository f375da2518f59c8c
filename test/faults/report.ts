import type { Played } from './play.ts'
import { allPoints } from './points.ts'
import type { Fault, Schedule } from './schedule.ts'

const recoveryLimitMs = 5000

/** The results of many schedules. */
export class Report {
  struck = 0
  readonly #recoveries: number[] = []
  readonly #byKind = new Map<string, number>()
  readonly #byPoint = new Map<string, number>()
  readonly violations: string[] = []
  #schedules = 0

  add(schedule: Schedule, { struck, violations }: Played): void {
    this.#schedules += 1
    this.struck += struck.length
    for (const { fault, recoveryMs } of struck) {
      count(this.#byKind, fault.kind)
      count(this.#byPoint, fault.point)
      if (recoveryMs !== undefined) this.#recoveries.push(recoveryMs)
    }
    for (const violation of violations) this.#note(schedule, violation)
    if (this.#schedules % 20 === 0) console.log(`${this.struck} faults in ${this.#schedules} schedules`)
  }

  addFailure(schedule: Schedule, error: unknown): void {
    this.#note(schedule, error instanceof Error ? (error.stack ?? error.message) : String(error))
  }

  get recoveries(): number[] {
    return this.#recoveries.toSorted((a, b) => a - b)
  }

  get isClean(): boolean {
    return this.violations.length === 0 && (quantile(this.recoveries, 0.95) ?? 0) <= recoveryLimitMs
  }

  print(): void {
    console.log(`\n${this.struck} faults struck in ${this.#schedules} schedules`)
    printCounts('by fault', this.#byKind)
    printCounts('by point', this.#byPoint)
    const missed = allPoints.filter(point => !this.#byPoint.has(point))
    if (missed.length > 0) console.log(`no work came to: ${missed.join(', ')}`)
    const { recoveries } = this
    const [median, p95, max] = [0.5, 0.95, 1].map(share => Math.round(quantile(recoveries, share) ?? 0))
    console.log(
      `recovery, kill to committed take-over, ${recoveries.length} kills in real time: ` +
        `median ${median} ms, p95 ${p95} ms, max ${max} ms`,
    )
    console.log(`${this.violations.length} violations`)
  }

  #note({ seed, faults }: Schedule, violation: string): void {
    this.violations.push(violation)
    console.log(`seed ${seed} (${faults.map(describeFault).join(', ')}): ${violation}`)
  }
}

const describeFault = ({ kind, point, nth, late, inRealTime }: Fault) =>
  `${kind}${late ? ', late,' : ''}${inRealTime ? ' in real time' : ''} at ${point} #${nth}`

const count = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1)

function quantile(sorted: number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
}

function printCounts(title: string, counts: Map<string, number>): void {
  const list = [...counts].toSorted(([, a], [, b]) => b - a).map(([name, times]) => `${name} ${times}`)
  console.log(`${title}: ${list.join(', ')}`)
}

export const describePlayed = ({ seed, posts }: Schedule, { struck, milliseconds }: Played) =>
  `seed ${seed}: ${posts.length} posts, ${milliseconds} ms, ` +
  (struck.map(({ fault }) => describeFault(fault)).join(', ') || 'no fault')
