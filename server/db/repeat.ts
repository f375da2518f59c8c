import { setTimeout as wait } from 'node:timers/promises'

const firstDelayMs = 50
const maxDelayMs = 1000

/** How long a request waits for a database that is starting, waking or failing over before it fails. */
export const requestPatienceMs = 2_000

export interface Repetition {
  /** Whether the work may be retried after this error. */
  mayRepeat: (error: unknown) => boolean
  patienceMs?: number
  signal?: AbortSignal | undefined
}

/** Retries `work` with growing pauses while its errors allow it and patience lasts. */
export async function repeat<T>(
  work: () => Promise<T>,
  { mayRepeat, patienceMs = Number.POSITIVE_INFINITY, signal }: Repetition,
): Promise<T> {
  const startedAt = performance.now()
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!mayRepeat(error)) throw error
      if (signal?.aborted) throw signal.reason
      if (performance.now() - startedAt > patienceMs) throw error
      const delayMs = Math.min(maxDelayMs, firstDelayMs * 2 ** attempt)
      await wait(delayMs * (0.5 + Math.random() / 2), undefined, signal ? { signal } : {}).catch(() => {})
    }
  }
}
