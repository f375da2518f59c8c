import { measureCeiling } from './ceiling.ts'
import { processorSecondsOf } from './processor.ts'
import { createDatabase, median, startBenchServer, tokenOf } from './world.ts'
import { applyLightLoad } from './wrk.ts'

export interface Throughput {
  /** Turns a second of the database alone, and of the server. */
  ceiling: number
  turns: number
  ratio: number
  p50: number
  p99: number
  microsecondsOfProcessor: number
}

const rounds = 3
const seconds = 4
const clients = [8, 16, 32]
const users = 500

/**
 * Turns a second of `POST …/chat` with a model that answers at once, beside the same two calls sent by pgbench to the
 * same database. Rounds are interleaved and the medians compared, so that a noisy minute hits both alike.
 */
export async function measureThroughput(server: string): Promise<Throughput> {
  const url = await createDatabase(server, 'bench_throughput')
  await using colloquy = await startBenchServer(url)
  const tokens = await Promise.all(Array.from({ length: users }, (_, n) => tokenOf(`user${n}`)))
  const load = (duration: number) =>
    applyLightLoad({
      url: colloquy.url,
      connections: 32,
      seconds: duration,
      request: n => ({
        path: `/api/user${n % users}/chat`,
        token: tokens[n % users] ?? '',
        body: '{"message":"Add a task to buy milk tomorrow"}',
      }),
    })
  await load(3)
  const ceilings: number[] = []
  const loads = []
  for (let round = 0; round < rounds; round += 1) {
    let best = 0
    for (const count of clients) best = Math.max(best, await measureCeiling(url, count, seconds))
    ceilings.push(best)
    const before = processorSecondsOf(colloquy.process.pid)
    const measured = await load(2 * seconds)
    if (measured.refused > 0) throw new Error(`${measured.refused} requests were refused`)
    const processor = (1e6 * (processorSecondsOf(colloquy.process.pid) - before)) / measured.answered
    loads.push({ ...measured, processor })
  }
  return {
    ceiling: median(ceilings),
    turns: median(loads.map(each => each.perSecond)),
    ratio: median(loads.map((each, i) => each.perSecond / (ceilings[i] ?? Number.NaN))),
    p50: median(loads.map(each => each.p50)),
    p99: median(loads.map(each => each.p99)),
    microsecondsOfProcessor: median(loads.map(each => each.processor)),
  }
}
