import cluster, { type Worker } from 'node:cluster'
import type { Logger } from '../telemetry.ts'
import { shareMetrics } from './worker-metrics.ts'

/**
 * Serves with `count` processes on one port. Each is an instance like any other: it finds the others only through the
 * database. One that dies while it serves is replaced, and its turns go on elsewhere meanwhile; one that cannot even
 * start ends all of them. Resolves to the exit code.
 */
export async function runWorkers(count: number, log: Logger): Promise<number> {
  const running = new Set<Worker>()
  const serving = new WeakSet<Worker>()
  const allGone = Promise.withResolvers<number>()
  let isStopping = false
  let exitCode = 0

  const stop = (reason: string) => {
    if (!isStopping) log.info({ reason, workers: running.size }, 'stopping')
    isStopping = true
    for (const worker of running) worker.process.kill('SIGTERM')
  }
  // Each takes connections itself. Node's own way, the first process handing them out, never answers those it has handed
  // to a worker that hangs or dies before it took them.
  cluster.schedulingPolicy = cluster.SCHED_NONE
  const stopSharing = shareMetrics()
  cluster.on('message', (worker, message) => message === 'serving' && serving.add(worker))
  cluster.on('exit', (worker, code, signal) => {
    running.delete(worker)
    if (!isStopping && (serving.has(worker) || signal)) {
      log.error({ pid: worker.process.pid, code, signal }, 'worker died; starting another')
      running.add(cluster.fork())
    } else if (!isStopping) {
      exitCode = 1
      stop('a worker could not start')
    }
    if (running.size === 0) allGone.resolve(exitCode)
  })
  process.on('SIGTERM', stop).on('SIGINT', stop)
  for (let n = 0; n < count; n += 1) running.add(cluster.fork())
  return allGone.promise.finally(stopSharing).finally(() => process.off('SIGTERM', stop).off('SIGINT', stop))
}

/** A worker tells that it serves; before that it has only taken the port. */
export const reportServing = () => cluster.worker?.send('serving')

/** A worker that is done has nothing more to say; the line to the first process would keep it alive. */
export const hangUp = () => cluster.worker?.disconnect()
