const shortestMs = 300
const longestMs = 10_000

/** Exponential backoff with jitter. Ends early when the network is back. */
export function pauseFor(failures: number, leaving?: AbortSignal): Promise<void> {
  const milliseconds = Math.min(shortestMs * 2 ** failures, longestMs) * (0.5 + Math.random() / 2)
  return new Promise(resolve => {
    const over = new AbortController()
    const end = () => {
      over.abort()
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    window.addEventListener('online', end, { signal: over.signal })
    leaving?.addEventListener('abort', end, { signal: over.signal })
  })
}
