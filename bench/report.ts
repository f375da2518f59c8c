import { cpus, totalmem } from 'node:os'
import { hasPgbench } from './ceiling.ts'
import type { DeltaCost } from './delta.ts'
import type { HistoryLatency } from './history.ts'
import type { StreamFigures } from './streams.ts'
import type { TakeOverFigures } from './take-over.ts'
import type { Throughput } from './throughput.ts'
import { hasWrk } from './wrk.ts'

export interface Figures {
  throughput: Throughput
  history: HistoryLatency[]
  deltas: DeltaCost[]
  takeOver: TakeOverFigures
  streams: StreamFigures
}

const round = (value: number, digits = 0) => value.toLocaleString('en', { maximumFractionDigits: digits })

/** The figures as docs/performance.md shows them. */
export function report({ throughput, history, deltas, takeOver, streams }: Figures): string {
  const shortest = history[0]?.p50 ?? Number.NaN
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.version}`
  return `# Performance

Measured by \`npm run bench\` on ${machine}, with Postgres, the server and the load on the same cores and commits that reach
the disk. Absolute figures are this machine's; compare ratios. Every figure is a median of interleaved rounds.

## Turns a second

\`POST /api/{user_id}/chat\` with 32 connections${hasWrk ? ' of `wrk`' : ''}, a model that answers at once in 15 deltas, every turn a new conversation, one
server process; beside it the same two SQL functions sent by ${hasPgbench ? '`pgbench`' : 'a driver loop'} to the same database, the best of 8, 16 and 32 clients.

| | |
| --- | ---: |
| the database alone | ${round(throughput.ceiling)} turns/s |
| the server | ${round(throughput.turns)} turns/s |
| ratio | **${round(throughput.ratio, 2)}** |
| latency p50, p99 | ${round(throughput.p50, 1)} ms, ${round(throughput.p99, 1)} ms |
| processor time of the server, a turn | ${round(throughput.microsecondsOfProcessor)} µs |

## A turn in a long conversation

| Earlier messages | p50 | beside the shortest |
| ---: | ---: | ---: |
${history.map(({ earlierMessages, p50 }) => `| ${round(earlierMessages)} | ${round(p50, 2)} ms | ${round(p50 / shortest, 2)}× |`).join('\n')}

## A delta

From the provider's part to the bytes of the event, encoded once for all followers.

| Followers | processor time |
| ---: | ---: |
${deltas.map(({ followers, microseconds }) => `| ${followers} | ${round(microseconds, 2)} µs |`).join('\n')}

## Open streams

${round(streams.streams)} turns under way on one process, each followed by its own client, each saying something once a second.

| | |
| --- | ---: |
| memory, for a stream and its turn | ${round(streams.kibibytesPerStream, 1)} KiB |
| processor | ${round(100 * streams.processorShare)}% of a core |
| from the model to the client, p50, p99 | ${round(streams.p50)} ms, ${round(streams.p99)} ms |

## When a process is killed

From \`kill -9\` to the first event of the new owner, as seen by a follower on another process, over ${takeOver.kills} kills: median
${round(takeOver.median, 1)} s, longest ${round(takeOver.max, 1)} s. The lease is 3 s; the rest is the wait for the next beat.
`
}
