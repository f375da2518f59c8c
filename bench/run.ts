/** `npm run bench`: everything that is measured, in one run on one machine; writes docs/performance.md. */
import { writeFileSync } from 'node:fs'
import { measureDeltas } from './delta.ts'
import { measureHistory } from './history.ts'
import { report } from './report.ts'
import { measureStreams } from './streams.ts'
import { measureTakeOver } from './take-over.ts'
import { measureThroughput } from './throughput.ts'
import { openBenchPostgres } from './world.ts'

await using server = await openBenchPostgres()
const throughput = await measureThroughput(server.url)
console.log(throughput)
const history = await measureHistory(server.url)
console.log(history)
const deltas = measureDeltas()
console.log(deltas)
const takeOver = await measureTakeOver(server.url)
console.log(takeOver)
const streams = await measureStreams(server.url)
console.log(streams)
writeFileSync(
  new URL('../docs/performance.md', import.meta.url),
  report({ throughput, history, deltas, takeOver, streams }),
)
console.log('written to docs/performance.md')
