import type { Figures, Machine } from './figures.ts'

const round = (value: number, digits = 0) => value.toLocaleString('en', { maximumFractionDigits: digits })

/** The figures as docs/performance.md shows them; a part that was never measured is left out. */
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
with Postgres, the server and the load on the same cores and commits that reach the disk. Absolute figures are this
machine's; compare ratios. Every figure is a median of interleaved rounds.
`

const ofThroughput = (measured: Figures['throughput'], { hasWrk, hasPgbench }: Machine) => `## Turns a second

\`POST /api/{user_id}/chat\` with 32 connections${hasWrk ? ' of `wrk`' : ''}, a model that answers at once in 15 deltas, every turn a new conversation, one
server process with the settings it comes with (10 connections to Postgres); beside it the same two SQL functions sent by ${hasPgbench ? '`pgbench`' : 'a driver loop'} to the same database, the best of 8, 16 and 32 clients.

| | |
| --- | ---: |
| the database alone | ${round(measured.ceiling)} turns/s |
| the server | ${round(measured.turns)} turns/s |
| ratio | **${round(measured.ratio, 2)}** |
| latency p50, p99 | ${round(measured.p50, 1)} ms, ${round(measured.p99, 1)} ms |
| processor time of the server, a turn | ${round(measured.microsecondsOfProcessor)} µs |
| processor time of Postgres, a turn: under the server, under its own load | ${round(measured.microsecondsOfPostgres)} µs, ${round(measured.microsecondsOfPostgresAlone)} µs |
| processors idle: under the server, the database alone | ${round(100 * measured.idle)}%, ${round(100 * measured.idleAlone)}% |

What limits: where both cores are busy the ratio is the processor time of a turn in Postgres beside that of Postgres, server
and load together. By profile (V8's, over its main thread) a third of the server's is the kernel's: the write of each answer,
and those of the statements, which leave several at a time ([decision](decisions/shared-connections.md)). A tenth is garbage
collection; the rest is spread over HTTP, routing, validation, the driver and the turn itself, none of them much above a tenth.
`

const ofPeers = (peers: Figures['peers']) => `## Beside other chat backends

Each peer with a model that answers at once, everything in Postgres, 32 connections to it (this server: 10) and the same bearer check, driven by
the same load in rounds that alternate with this server's. \`bench/peers/\` has their programs. A peer is bound by its one
process, this server by Postgres: no ratio can be above that of the database alone to the peer.

| Peer | turns/s | this server, same rounds | ratio | p50, p99 | processor time, a turn |
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

| Earlier messages | p50 | beside the shortest |
| ---: | ---: | ---: |
${history.map(({ earlierMessages, p50 }) => `| ${round(earlierMessages)} | ${round(p50, 2)} ms | ${round(p50 / (history[0]?.p50 ?? Number.NaN), 2)}× |`).join('\n')}
`

const ofDeltas = (deltas: Figures['deltas']) => `## A delta

From the provider's part to the bytes of the event, encoded once for all followers.

| Followers | processor time |
| ---: | ---: |
${deltas.map(({ followers, microseconds }) => `| ${followers} | ${round(microseconds, 2)} µs |`).join('\n')}
`

const ofEncoders = (encoders: Figures['encoders']) => `## A delta in each protocol

Appended to the answer, told to all followers, encoded for each.

| Protocol | Followers | processor time |
| --- | ---: | ---: |
${encoders.map(each => `| ${each.protocol} | ${each.followers} | ${round(each.microseconds, 2)} µs |`).join('\n')}
`

const ofOffline = (offline: Figures['offline']) => `## A turn of the built-in model

All steps of a turn with 50 tasks after 40 earlier messages, without the engine and the database.

| Message | processor time |
| --- | ---: |
${offline.map(({ message, milliseconds }) => `| ${message} | ${round(milliseconds, 2)} ms |`).join('\n')}
`

const ofStreams = (streams: Figures['streams']) => `## Open streams

On one process, each stream with its own client, told something once a second: of turns of their own, that run on the same
process, and a hundred to a turn. Memory is the growth of the whole process, and of what is alive in its heap after a
collection: the rest is room that the collector leaves itself, sockets and what the allocator does not give back.

| | ${streams.map(({ streams, turns }) => `${round(streams)} streams, ${round(turns)} turns`).join(' | ')} |
| --- | ${streams.map(() => '---:').join(' | ')} |
| memory, a stream | ${streams.map(each => `${round(each.residentKibibytes, 1)} KiB`).join(' | ')} |
| of it alive in the heap | ${streams.map(each => `${round(each.heapKibibytes, 1)} KiB`).join(' | ')} |
| processor | ${streams.map(each => `${round(100 * each.processorShare)}% of a core`).join(' | ')} |
| deltas that came, of those due | ${streams.map(each => `${round(100 * each.deltasShare)}%`).join(' | ')} |
| from the model to the client, p50, p99 | ${streams.map(each => `${round(each.p50)} ms, ${round(each.p99)} ms`).join(' | ')} |
`

const ofTakeOver = (takeOver: Figures['takeOver']) => `## When a process is killed

From \`kill -9\` to the first event of the new owner, as seen by a follower on another process, over ${takeOver.kills} kills: median
${round(takeOver.median, 1)} s, longest ${round(takeOver.max, 1)} s. The lease is 3 s; the rest is the wait for the next beat.
`
