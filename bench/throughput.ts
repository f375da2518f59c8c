import { cpus } from 'node:os'
import { measureCeiling } from './ceiling.ts'
import type { Measured } from './http-load.ts'
import { familySecondsOf, idleSeconds, processorSecondsOf } from './processor.ts'
import { type BenchPostgres, chatLoad, createDatabase, median, startBenchServer } from './world.ts'
import { applyLightLoad } from './wrk.ts'

export interface Throughput {
  /** Turns a second of the database alone, and of the server. */
  ceiling: number
  turns: number
  ratio: number
  p50: number
  p99: number
  /** Processor time of a turn in the server; in Postgres, under the server's load and under the ceiling's. */
  microsecondsOfProcessor: number
  microsecondsOfPostgres: number
  microsecondsOfPostgresAlone: number
  /** Share of the machine. */
  idle: number
  idleAlone: number
}

type Observed<Load> = Load & { postgres: number; idle: number }

interface Row {
  best: Observed<{ perSecond: number }>
  served: Observed<Measured>
  processor: number
}

const rounds = 3
const seconds = 4
const clients = [8, 16, 32]

/**
 * Turns a second of `POST …/chat` with a model that answers at once, beside the same two calls sent by pgbench to the
 * same database. Rounds are interleaved and the medians compared, so that a noisy minute hits both alike.
 */
export async function measureThroughput({ url: server, pid }: BenchPostgres): Promise<Throughput> {
  const url = await createDatabase(server, 'bench_throughput')
  await using colloquy = await startBenchServer(url)
  const load = async (duration: number) => applyLightLoad(await chatLoad(colloquy.url, duration))
  await load(3)
  const rows: Row[] = []
  for (let round = 0; round < rounds; round += 1) {
    const alone = []
    for (const count of clients) {
      alone.push(await observed(pid, async () => ({ perSecond: await measureCeiling(url, count, seconds) })))
    }
    const before = processorSecondsOf(colloquy.process.pid)
    const served = await observed(pid, () => load(2 * seconds))
    if (served.refused > 0) throw new Error(`${served.refused} requests were refused`)
    const processor = (1e6 * (processorSecondsOf(colloquy.process.pid) - before)) / served.answered
    const best = alone.reduce((a, b) => (b.perSecond > a.perSecond ? b : a))
    rows.push({ best, served, processor })
  }
  const of = (value: (row: Row) => number) => median(rows.map(value))
  return {
    ceiling: of(({ best }) => best.perSecond),
    turns: of(({ served }) => served.perSecond),
    ratio: of(({ best, served }) => served.perSecond / best.perSecond),
    p50: of(({ served }) => served.p50),
    p99: of(({ served }) => served.p99),
    microsecondsOfProcessor: of(({ processor }) => processor),
    microsecondsOfPostgres: of(({ served }) => served.postgres),
    microsecondsOfPostgresAlone: of(({ best }) => best.postgres),
    idle: of(({ served }) => served.idle),
    idleAlone: of(({ best }) => best.idle),
  }
}

/** A load, with what it costs Postgres a turn (NaN for a server that is not ours to watch) and how idle the machine was. */
async function observed<Load extends { perSecond: number }>(
  pid: number | undefined,
  apply: () => Promise<Load>,
) {
  const used = () => (pid === undefined ? Number.NaN : familySecondsOf(pid))
  const [usedBefore, idleBefore, startedAt] = [used(), idleSeconds(), performance.now()]
  const load = await apply()
  const elapsed = (performance.now() - startedAt) / 1000
  return {
    ...load,
    postgres: (1e6 * (used() - usedBefore)) / (load.perSecond * elapsed),
    idle: (idleSeconds() - idleBefore) / elapsed / cpus().length,
  }
}
