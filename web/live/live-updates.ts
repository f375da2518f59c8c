import { streamUpdates, type Update } from './stream-updates.ts'

/**
 * Tells every tab of the browser what changes for a person. One tab holds the stream and passes on what it hears: a browser
 * opens only six connections to a server over HTTP/1.1, and as many tabs would leave none for anything else. When that tab
 * goes, the lock goes to another one. Returns what ends it.
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
  // Locks exist in secure contexts only; without them each tab listens for itself.
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
