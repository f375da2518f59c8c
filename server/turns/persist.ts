import { setTimeout as wait } from 'node:timers/promises'
import { isTransient } from '../db/failure.ts'

const firstDelayMs = 50
const maxDelayMs = 1000

/**
 * Does database work of a turn again while the database is away, until `signal` ends the turn. Safe for what the fence
 * guards: a commit whose answer was lost makes the repetition find nothing left to do.
 */
export async function persist<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!isTransient(error)) throw error
      if (signal.aborted) throw signal.reason
      const delayMs = Math.min(maxDelayMs, firstDelayMs * 2 ** attempt)
      await wait(delayMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {})
    }
  }
}
