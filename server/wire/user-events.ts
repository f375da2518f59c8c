import type { UserEvent } from '../turns/event.ts'

const encoder = new TextEncoder()

/** As Server-Sent Events (WHATWG HTML, section 9.2), in the form of a turn's. */
export const encodeUserEvent = (event: UserEvent): Uint8Array =>
  encoder.encode(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
