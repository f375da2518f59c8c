import { asProblem } from '../api/problem.ts'
import { open } from '../api/request.ts'
import { readEventFrames } from './event-frames.ts'

export type Connection = 'connected' | 'reconnecting'

/** What a tab is told: that some of the person's data changed, or the state of the connection. */
export type Update =
  | { kind: 'changed'; event: string; conversationId: string | undefined }
  /** Anything may have changed while nobody was listening. */
  | { kind: 'missed' }
  | { kind: 'connection'; connection: Connection }

/** The server sends a heartbeat every 15 seconds; after this long without data the connection is considered dead. */
const silenceMs = 40_000
const shortestPauseMs = 300
const longestPauseMs = 10_000

/** Reports the events of `GET /events`, and reconnects until `ending` aborts. */
export async function streamUpdates(tell: (update: Update) => void, ending: AbortSignal): Promise<void> {
  let failures = 0
  let wasOpen = false
  while (!ending.aborted) {
    try {
      await streamOnce(tell, ending, () => {
        tell({ kind: 'connection', connection: 'connected' })
        if (wasOpen) tell({ kind: 'missed' })
        wasOpen = true
        failures = 0
      })
      // Ended by the server, as happens regularly: not a reason to show a lost connection.
      await pause(shortestPauseMs, ending)
    } catch (error) {
      const { status } = asProblem(error)
      // Signed out, or a server without this route: a retry would not help.
      if (ending.aborted || (status >= 400 && status < 500 && status !== 429)) return
      tell({ kind: 'connection', connection: 'reconnecting' })
      await pause(Math.min(shortestPauseMs * 2 ** failures++, longestPauseMs), ending)
    }
  }
}

async function streamOnce(
  tell: (update: Update) => void,
  ending: AbortSignal,
  onOpen: () => void,
): Promise<void> {
  const lost = new AbortController()
  const giveUp = () => lost.abort()
  let silence = setTimeout(giveUp, silenceMs)
  const heard = () => {
    clearTimeout(silence)
    silence = setTimeout(giveUp, silenceMs)
  }
  // The browser reports a lost network long before the silence limit.
  window.addEventListener('offline', giveUp)
  try {
    const response = await open('/events', {
      headers: { accept: 'text/event-stream' },
      signal: AbortSignal.any([ending, lost.signal]),
    })
    onOpen()
    if (!response.body) return
    for await (const { event, data } of readEventFrames(response.body, heard))
      tell({ kind: 'changed', event, conversationId: conversationIn(data) })
  } finally {
    clearTimeout(silence)
    window.removeEventListener('offline', giveUp)
  }
}

function conversationIn(data: string): string | undefined {
  const body: { conversation_id?: string | null } = JSON.parse(data)
  return body.conversation_id ?? undefined
}

/** With jitter, so that pages do not all reconnect at once. Ends early when the network is back. */
function pause(milliseconds: number, ending: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds * (0.5 + Math.random() / 2))
    const end = () => {
      clearTimeout(timer)
      resolve()
    }
    window.addEventListener('online', end, { once: true, signal: ending })
    ending.addEventListener('abort', end, { once: true })
  })
}
