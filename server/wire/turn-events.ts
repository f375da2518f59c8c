import type { TurnEvent } from '../turns/event.ts'

/**
 * Turn events as Server-Sent Events (WHATWG HTML, section 9.2): `event` is the type, `data` the whole event as JSON. An
 * event goes to all followers of a turn in a row, so the last one's bytes are reused.
 */
export function createTurnEventEncoder(): (event: TurnEvent) => Uint8Array {
  const encoder = new TextEncoder()
  let last: { event: TurnEvent; bytes: Uint8Array } | undefined
  return event => {
    if (last?.event === event) return last.bytes
    const bytes = encoder.encode(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    last = { event, bytes }
    return bytes
  }
}

/** An SSE comment: keeps proxies from closing an idle connection. */
export const heartbeatFrame: Uint8Array = new TextEncoder().encode(': still here\n\n')

/** Tells a client that reads too slowly to reconnect; it then starts with a snapshot. */
export const overflowFrame: Uint8Array = new TextEncoder().encode(
  'event: error\ndata: {"type":"error","code":"too_slow","detail":"The connection fell behind; connect again"}\n\n',
)

export const eventStreamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const
