import { setTimeout as wait } from 'node:timers/promises'
import { isTransient } from '../db/failure.ts'

const firstDelayMs = 50
const maxDelayMs = 1000

/**
 * Does database work of a turn again while the database is away, until `signal` ends the turn or `patienceMs` are over.
 * Safe for what the fence guards: a commit whose answer was lost makes the repetition find nothing left to do.
 */
export async function persist<T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  patienceMs = Number.POSITIVE_INFINITY,
): Promise<T> {
  const startedAt = performance.now()
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!isTransient(error)) throw error
      if (signal?.aborted) throw signal.reason
      if (performance.now() - startedAt > patienceMs) throw error
      const delayMs = Math.min(maxDelayMs, firstDelayMs * 2 ** attempt)
      await wait(delayMs * (0.5 + Math.random() / 2), undefined, signal ? { signal } : {}).catch(() => {})
    }
  }
}
