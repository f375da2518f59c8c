import { streamUpdates, type Update } from './stream-updates.ts'

/**
 * Informs every tab of the browser about a person's changes. Only one tab holds the stream and passes updates on: over
 * HTTP/1.1 a browser opens only six connections to a server, and six tabs would leave none for anything else. When that
 * tab closes, another one gets the lock. Returns a function that stops it.
 */
export function followUpdates(personId: string, listener: (update: Update) => void): () => void {
  const name = `colloquy.updates/${personId}`
  const ending = new AbortController()
  const channel = new BroadcastChannel(name)
  channel.onmessage = ({ data }: MessageEvent<Update>) => listener(data)
  const tell = (update: Update) => {
    if (ending.signal.aborted) return
    listener(update)
    channel.postMessage(update)
  }
  const lead = () => streamUpdates(tell, ending.signal)
  // Locks exist only in secure contexts; without them each tab opens its own stream.
  const leading =
    'locks' in navigator ? navigator.locks.request(name, { signal: ending.signal }, lead) : lead()
  leading.catch(error => {
    if (!ending.signal.aborted) throw error
  })
  return () => {
    ending.abort()
    channel.close()
  }
}
