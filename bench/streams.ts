import { fork } from 'node:child_process'
import { once } from 'node:events'
import { processorSecondsOf, residentBytesOf } from './processor.ts'
import { createDatabase, startBenchServer } from './world.ts'

export interface StreamFigures {
  streams: number
  kibibytesPerStream: number
  /** Of one core, while every stream gets one delta a second. */
  processorShare: number
  deltas: number
  /** Milliseconds from the model's delta to the client. */
  p50: number
  p99: number
}

const seconds = 20

/** Many turns under way on one process, each followed by a client of its own, each saying something once a second. */
export async function measureStreams(server: string, streams = 10_000): Promise<StreamFigures> {
  const url = await createDatabase(server, 'bench_streams')
  await using colloquy = await startBenchServer(url, {
    model: ['ticking', '1000', '600'],
    environment: { TURN_TIMEOUT_SECONDS: '900', STEP_TIMEOUT_SECONDS: '900', SHUTDOWN_GRACE_SECONDS: '0' },
  })
  const { pid } = colloquy.process
  const emptyBytes = residentBytesOf(pid)
  const client = fork(new URL('stream-client.ts', import.meta.url), [
    colloquy.url,
    `${streams}`,
    `${seconds}`,
  ])
  await once(client, 'message')
  const before = processorSecondsOf(pid)
  client.send('measure')
  const [{ deltas, p50, p99 }] = await once(client, 'message')
  const processorShare = (processorSecondsOf(pid) - before) / seconds
  const kibibytesPerStream = (residentBytesOf(pid) - emptyBytes) / streams / 1024
  return { streams, kibibytesPerStream, processorShare, deltas, p50, p99 }
}
