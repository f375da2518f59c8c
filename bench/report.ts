import type { Figures, Machine } from './figures.ts'

const round = (value: number, digits = 0) => value.toLocaleString('en', { maximumFractionDigits: digits })

/** The contents of docs/performance.md; parts that were never measured are left out. */
export function report(figures: Partial<Figures> & { machine: Machine }): string {
  const { throughput, peers, history, deltas, encoders, offline, streams, takeOver, machine } = figures
  const parts = [
    headOf(machine),
    throughput && ofThroughput(throughput, machine),
    peers && ofPeers(peers),
    history && ofHistory(history),
    deltas && ofDeltas(deltas),
    encoders && ofEncoders(encoders),
    offline && ofOffline(offline),
    streams && ofStreams(streams),
    takeOver && ofTakeOver(takeOver),
  ]
  return parts.filter(part => part !== undefined).join('\n')
}

const headOf = ({ cores, model, gibibytes, platform, node }: Machine) => `# Performance

Measured by \`npm run bench\` and \`npm run bench:peers\` on ${cores} cores (${model}), ${round(gibibytes)} GiB, ${platform}, Node ${node},
with Postgres, the server and the load generator on the same cores, and commits flushed to disk. Absolute figures apply to this
machine; compare ratios. Every figure is a median of interleaved rounds.
`

const ofThroughput = (measured: Figures['throughput'], { hasWrk, hasPgbench }: Machine) => `## Throughput

\`POST /api/{user_id}/chat\` with 32 connections${hasWrk ? ' of `wrk`' : ''}, a model that answers immediately in 15 deltas, a new conversation per turn, and one
server process with default settings (10 connections to Postgres). The baseline is the same two SQL functions, sent by ${hasPgbench ? '`pgbench`' : 'a driver loop'} to the same database, the best of 8, 16 and 32 clients.

| | |
| --- | ---: |
| the database alone | ${round(measured.ceiling)} turns/s |
| the server | ${round(measured.turns)} turns/s |
| ratio | **${round(measured.ratio, 2)}** |
| latency p50, p99 | ${round(measured.p50, 1)} ms, ${round(measured.p99, 1)} ms |
| CPU time of the server, per turn | ${round(measured.microsecondsOfProcessor)} µs |
| CPU time of Postgres, per turn: with the server, database alone | ${round(measured.microsecondsOfPostgres)} µs, ${round(measured.microsecondsOfPostgresAlone)} µs |
| CPU idle: with the server, database alone | ${round(100 * measured.idle)}%, ${round(100 * measured.idleAlone)}% |

The bottleneck: when all cores are busy, the ratio is the CPU time per turn of Postgres divided by that of Postgres, server
and load generator together. According to V8's profile of the main thread, a third of the server's time is spent in the kernel,
writing responses and statements, which are sent several at a time ([decision](decisions/shared-connections.md)). A tenth is
garbage collection; the rest is spread over HTTP, routing, validation, the driver and the turn itself, none much above a tenth.
`

const ofPeers = (peers: Figures['peers']) => `## Compared with other chat backends

Each peer uses a model that answers immediately, stores everything in Postgres over 32 connections (this server: 10), checks the same bearer token, and
gets the same load in rounds that alternate with this server's. \`bench/peers/\` contains the programs. A peer is limited by its
single process, this server by Postgres: no ratio can exceed that of the database alone to the peer.

| Peer | turns/s | this server, same rounds | ratio | p50, p99 | CPU time per turn |
| --- | ---: | ---: | ---: | ---: | ---: |
${peers.map(rowOfPeer).join('\n')}
`

function rowOfPeer({ name, measured }: Figures['peers'][number]): string {
  if (!measured) return `| ${name} | skipped: not installed | | | | |`
  const { turns, ours, ratio, p50, p99, microsecondsOfProcessor } = measured
  return (
    `| ${name} | ${round(turns)} | ${round(ours)} | **${round(ratio, 1)}×** | ${round(p50, 1)} ms, ${round(p99, 1)} ms ` +
    `| ${round(microsecondsOfProcessor)} µs |`
  )
}

const ofHistory = (history: Figures['history']) => `## A turn in a long conversation

| Earlier messages | p50 | relative to the shortest |
| ---: | ---: | ---: |
${history.map(({ earlierMessages, p50 }) => `| ${round(earlierMessages)} | ${round(p50, 2)} ms | ${round(p50 / (history[0]?.p50 ?? Number.NaN), 2)}× |`).join('\n')}
`

const ofDeltas = (deltas: Figures['deltas']) => `## Cost of a delta

From the provider's part to the bytes of the event, encoded once for all followers.

| Followers | CPU time |
| ---: | ---: |
${deltas.map(({ followers, microseconds }) => `| ${followers} | ${round(microseconds, 2)} µs |`).join('\n')}
`

const ofEncoders = (encoders: Figures['encoders']) => `## Cost of a delta in each protocol

Appended to the answer, sent to all followers, and encoded for each.

| Protocol | Followers | CPU time |
| --- | ---: | ---: |
${encoders.map(each => `| ${each.protocol} | ${each.followers} | ${round(each.microseconds, 2)} µs |`).join('\n')}
`

const ofOffline = (offline: Figures['offline']) => `## A turn of the built-in model

All steps of a turn with 50 tasks after 40 earlier messages, without the engine and the database.

| Message | CPU time |
| --- | ---: |
${offline.map(({ message, milliseconds }) => `| ${message} | ${round(milliseconds, 2)} ms |`).join('\n')}
`

const ofStreams = (streams: Figures['streams']) => `## Open streams

All streams are on one process, each with its own client, and receive a delta once a second. They follow turns that run on the
same process: one turn per stream, or one per hundred streams. Memory is the growth of the whole process, and of the live heap
after a collection; the rest is the collector's spare room, sockets, and memory that the allocator does not return.

| | ${streams.map(({ streams, turns }) => `${round(streams)} streams, ${round(turns)} turns`).join(' | ')} |
| --- | ${streams.map(() => '---:').join(' | ')} |
| memory per stream | ${streams.map(each => `${round(each.residentKibibytes, 1)} KiB`).join(' | ')} |
| of it live heap | ${streams.map(each => `${round(each.heapKibibytes, 1)} KiB`).join(' | ')} |
| CPU | ${streams.map(each => `${round(100 * each.processorShare)}% of a core`).join(' | ')} |
| deltas received, of those due | ${streams.map(each => `${round(100 * each.deltasShare)}%`).join(' | ')} |
| from the model to the client, p50, p99 | ${streams.map(each => `${round(each.p50)} ms, ${round(each.p99)} ms`).join(' | ')} |
`

const ofTakeOver = (takeOver: Figures['takeOver']) => `## When a process is killed

From \`kill -9\` to the first event of the new owner, measured by a follower on another process over ${takeOver.kills} kills: median
${round(takeOver.median, 1)} s, longest ${round(takeOver.max, 1)} s. The lease lasts 3 s; the rest is the wait for the next beat.
`
