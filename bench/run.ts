/** `npm run bench`: everything that is measured, in one run on one machine; writes docs/performance.md. */
import { measureDeltas } from './delta.ts'
import { measureEncoders } from './encoders.ts'
import { keepFigures } from './figures.ts'
import { measureHistory } from './history.ts'
import { measureOfflineTurns } from './offline-turn.ts'
import { measureStreams } from './streams.ts'
import { measureTakeOver } from './take-over.ts'
import { measureThroughput } from './throughput.ts'
import { openBenchPostgres } from './world.ts'

await using server = await openBenchPostgres()
const throughput = await measureThroughput(server)
console.log(throughput)
const history = await measureHistory(server.url)
console.log(history)
const deltas = measureDeltas()
console.log(deltas)
const encoders = measureEncoders()
console.log(encoders)
const offline = await measureOfflineTurns()
console.log(offline)
const takeOver = await measureTakeOver(server.url)
console.log(takeOver)
const streams = await measureStreams(server.url)
console.log(streams)
keepFigures({ throughput, history, deltas, encoders, offline, takeOver, streams })
