import cluster, { type Worker } from 'node:cluster'
import type { Logger } from '../telemetry.ts'
import { shareMetrics } from './worker-metrics.ts'

/**
 * Serves with `count` processes on one port. Each is an ordinary instance, which knows the others only through the
 * database. A worker that dies while serving is replaced, and its turns continue on other instances; a worker that
 * cannot start ends all of them. Resolves to the exit code.
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
  // Each worker accepts connections itself. With Node's default, where the first process hands them out, connections
  // handed to a worker that hangs or dies are never answered.
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

/** A worker reports that it serves; before that it has only bound the port. */
export const reportServing = () => cluster.worker?.send('serving')

/** Disconnects a finished worker: its channel to the first process would keep it alive. */
export const hangUp = () => cluster.worker?.disconnect()
