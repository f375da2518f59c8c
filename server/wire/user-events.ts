import type { UserEvent } from '../turns/event.ts'

const encoder = new TextEncoder()

/** Encodes user events as Server-Sent Events (WHATWG HTML, section 9.2), in the same form as turn events. */
export const encodeUserEvent = (event: UserEvent): Uint8Array =>
  encoder.encode(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
