import cluster, { type Worker } from 'node:cluster'
import { aggregate, type Metrics, type MetricsSnapshot } from '../telemetry/metrics.ts'

/**
 * Processes that share a port are scraped as one, since a scraper cannot choose which of them answers: the process that
 * was scraped asks the first process, which asks all of them.
 */

type Message =
  | { metrics: 'wanted'; by: number }
  | { metrics: 'of all'; by: number; processes: MetricsSnapshot[] }
  | { metrics: 'of one'; by: number; own: MetricsSnapshot }

const patienceMs = 2_000

const isMessage = (message: unknown): message is Message =>
  typeof message === 'object' && message !== null && 'metrics' in message

/** Runs in the first process. `by` distinguishes concurrent scrapes. */
export function shareMetrics(): () => void {
  let scrapes = 0
  const open = new Map<number, (own: MetricsSnapshot) => void>()

  async function gather(): Promise<MetricsSnapshot[]> {
    scrapes += 1
    const by = scrapes
    const asked = Object.values(cluster.workers ?? {}).filter(worker => worker?.isConnected())
    const processes: MetricsSnapshot[] = []
    const all = Promise.withResolvers<void>()
    open.set(by, own => {
      if (processes.push(own) === asked.length) all.resolve()
    })
    const timer = setTimeout(all.resolve, patienceMs)
    for (const worker of asked) send(worker, { metrics: 'wanted', by })
    await all.promise
    clearTimeout(timer)
    open.delete(by)
    return processes
  }

  const hear = async (worker: Worker, message: unknown) => {
    if (!isMessage(message)) return
    if (message.metrics === 'of one') open.get(message.by)?.(message.own)
    if (message.metrics === 'wanted')
      send(worker, { metrics: 'of all', by: message.by, processes: await gather() })
  }
  cluster.on('message', hear)
  return () => void cluster.off('message', hear)
}

/** Runs in a worker: the metrics of all processes, in the exposition format. */
export function gatherMetrics(metrics: Metrics): () => Promise<string> {
  let scrapes = 0
  const open = new Map<number, (processes: MetricsSnapshot[]) => void>()
  process.on('message', async message => {
    if (!isMessage(message)) return
    if (message.metrics === 'of all') open.get(message.by)?.(message.processes)
    if (message.metrics === 'wanted')
      send(cluster.worker, { metrics: 'of one', by: message.by, own: await metrics.snapshot() })
  })
  return async () => {
    scrapes += 1
    const by = scrapes
    const gathered = Promise.withResolvers<MetricsSnapshot[]>()
    open.set(by, gathered.resolve)
    send(cluster.worker, { metrics: 'wanted', by })
    return aggregate(await gathered.promise.finally(() => open.delete(by)))
  }
}

/** Sends to a process that may be exiting. */
const send = (worker: Worker | undefined, message: Message) =>
  void (worker?.isConnected() && worker.send(message, () => {}))
