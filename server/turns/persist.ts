import { isTransient } from '../db/failure.ts'
import { repeat } from '../db/repeat.ts'

/**
 * Does database work of a turn again while the database is away, until `signal` ends the turn or `patienceMs` are over.
 * Safe for what the fence guards: a commit whose answer was lost makes the repetition find nothing left to do.
 */
export const persist = <T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  patienceMs?: number,
): Promise<T> =>
  repeat(work, { mayRepeat: isTransient, signal, ...(patienceMs === undefined ? {} : { patienceMs }) })
