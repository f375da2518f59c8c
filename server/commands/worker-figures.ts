import cluster, { type Worker } from 'node:cluster'
import { addUp, type Figures, type Metrics } from '../telemetry/metrics.ts'

/**
 * Processes that share a port are scraped as one, since nobody can choose which of them answers: the one that was asked
 * asks the first process, which asks all of them.
 */

type Message =
  | { figures: 'wanted'; by: number }
  | { figures: 'of all'; by: number; processes: Figures[] }
  | { figures: 'of one'; by: number; own: Figures }

const patienceMs = 2_000

const isMessage = (message: unknown): message is Message =>
  typeof message === 'object' && message !== null && 'figures' in message

/** In the first process. `by` tells scrapes apart that go on at once. */
export function shareFigures(): () => void {
  let scrapes = 0
  const open = new Map<number, (own: Figures) => void>()

  async function gather(): Promise<Figures[]> {
    scrapes += 1
    const by = scrapes
    const asked = Object.values(cluster.workers ?? {}).filter(worker => worker?.isConnected())
    const processes: Figures[] = []
    const all = Promise.withResolvers<void>()
    open.set(by, own => {
      if (processes.push(own) === asked.length) all.resolve()
    })
    const timer = setTimeout(all.resolve, patienceMs)
    for (const worker of asked) send(worker, { figures: 'wanted', by })
    await all.promise
    clearTimeout(timer)
    open.delete(by)
    return processes
  }

  const hear = async (worker: Worker, message: unknown) => {
    if (!isMessage(message)) return
    if (message.figures === 'of one') open.get(message.by)?.(message.own)
    if (message.figures === 'wanted')
      send(worker, { figures: 'of all', by: message.by, processes: await gather() })
  }
  cluster.on('message', hear)
  return () => void cluster.off('message', hear)
}

/** In a worker: the figures of all of them, in the exposition format. */
export function gatherFigures(metrics: Metrics): () => Promise<string> {
  let scrapes = 0
  const open = new Map<number, (processes: Figures[]) => void>()
  process.on('message', async message => {
    if (!isMessage(message)) return
    if (message.figures === 'of all') open.get(message.by)?.(message.processes)
    if (message.figures === 'wanted')
      send(cluster.worker, { figures: 'of one', by: message.by, own: await metrics.figures() })
  })
  return async () => {
    scrapes += 1
    const by = scrapes
    const gathered = Promise.withResolvers<Figures[]>()
    open.set(by, gathered.resolve)
    send(cluster.worker, { figures: 'wanted', by })
    return addUp(await gathered.promise.finally(() => open.delete(by)))
  }
}

/** To a process that may just be going. */
const send = (worker: Worker | undefined, message: Message) =>
  void (worker?.isConnected() && worker.send(message, () => {}))
