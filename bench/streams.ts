import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { processorSecondsOf, residentBytesOf } from './processor.ts'
import { createDatabase, startBenchServer } from './world.ts'

export interface StreamFigures {
  streams: number
  turns: number
  /** Growth of the process, and of what is alive in its heap, for each stream. */
  residentKibibytes: number
  heapKibibytes: number
  /** Of one core, while every stream gets one delta a second. */
  processorShare: number
  deltas: number
  /** Of those that were due: less than nearly all means that the machine did not keep up. */
  deltasShare: number
  /** Milliseconds from the model's delta to the client. */
  p50: number
  p99: number
}

const seconds = 12

/** Many open streams on one process, each told something once a second: each of a turn of its own, and sharing turns. */
export async function measureStreams(server: string, streams = 10_000): Promise<StreamFigures[]> {
  return [await measure(server, streams, streams), await measure(server, streams, streams / 100)]
}

async function measure(server: string, streams: number, turns: number): Promise<StreamFigures> {
  const url = await createDatabase(server, 'bench_streams')
  await using colloquy = await startBenchServer(url, {
    model: ['ticking', '1000', '600'],
    environment: {
      TURN_TIMEOUT_SECONDS: '900',
      STEP_TIMEOUT_SECONDS: '900',
      SHUTDOWN_GRACE_SECONDS: '0',
      MAX_STREAMS_PER_USER: '1000',
    },
  })
  const { pid } = colloquy.process
  const [emptyHeap, emptyBytes] = [await liveHeapOf(colloquy.process), residentBytesOf(pid)]
  const options = [colloquy.url, streams, turns, seconds].map(String)
  const client = fork(new URL('stream-client.ts', import.meta.url), options)
  await once(client, 'message')
  const before = processorSecondsOf(pid)
  client.send('measure')
  const [{ deltas, p50, p99 }] = await once(client, 'message')
  const processorShare = (processorSecondsOf(pid) - before) / seconds
  const residentKibibytes = (residentBytesOf(pid) - emptyBytes) / streams / 1024
  const heapKibibytes = ((await liveHeapOf(colloquy.process)) - emptyHeap) / streams / 1024
  client.send('end')
  await once(client, 'exit')
  const deltasShare = deltas / (streams * seconds)
  return { streams, turns, residentKibibytes, heapKibibytes, processorShare, deltas, deltasShare, p50, p99 }
}

async function liveHeapOf(process: ChildProcess): Promise<number> {
  process.send('collect')
  const [{ heapUsed }] = await once(process, 'message')
  return heapUsed
}
