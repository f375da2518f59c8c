import cluster, { type Worker } from 'node:cluster'
import type { Logger } from '../telemetry.ts'

/**
 * Serves with `count` processes on one port. Each is an instance like any other: it finds the others only through the
 * database. One that dies while it serves is replaced, and its turns go on elsewhere meanwhile; one that cannot even
 * start ends all of them. Resolves to the exit code.
 */
export async function runWorkers(count: number, log: Logger): Promise<number> {
  const state = { isStopping: false, exitCode: 0 }
  const stop = (signal: string) => {
    if (!state.isStopping) log.info({ signal, workers: count }, 'stopping')
    state.isStopping = true
    for (const worker of workers()) worker.process.kill('SIGTERM')
  }
  process.on('SIGTERM', stop).on('SIGINT', stop)
  const hasServed = new WeakSet<Worker>()
  cluster.on('message', worker => hasServed.add(worker))
  const gone = Promise.withResolvers<void>()

  cluster.on('exit', (worker, code, signal) => {
    if (!state.isStopping && hasServed.has(worker)) {
      log.error({ pid: worker.process.pid, code, signal }, 'worker died; starting another')
      cluster.fork()
    } else if (!state.isStopping) {
      state.exitCode = 1
      stop('start failed')
    }
    if (workers().length === 0) gone.resolve()
  })
  for (let n = 0; n < count; n += 1) cluster.fork()
  await gone.promise
  process.off('SIGTERM', stop).off('SIGINT', stop)
  return state.exitCode
}

/** A worker tells that it serves; before that it has only taken the port. */
export const reportServing = () => cluster.worker?.send('serving')

const workers = (): Worker[] => Object.values(cluster.workers ?? {}).filter(worker => worker !== undefined)
