import { isTransient } from '../db/failure.ts'
import { repeat } from '../db/repeat.ts'

/**
 * Retries a turn's database work while the database is unavailable, until `signal` ends the turn or `patienceMs` pass.
 * Safe for fenced work: if a commit succeeded but its response was lost, the retry finds nothing left to do.
 */
export const persist = <T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  patienceMs?: number,
): Promise<T> =>
  repeat(work, { mayRepeat: isTransient, signal, ...(patienceMs === undefined ? {} : { patienceMs }) })
