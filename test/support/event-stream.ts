import type { TurnEvent } from '../../server/turns/event.ts'

/** The events of a stream as they arrive (WHATWG HTML, section 9.2); leaving the loop closes the connection. */
export async function* eventsOf(response: Response): AsyncGenerator<TurnEvent> {
  const type = response.headers.get('content-type') ?? ''
  if (!type.startsWith('text/event-stream') || !response.body)
    throw new Error(`No event stream but ${response.status} ${type}: ${await response.text()}`)
  let text = ''
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    const frames = (text + piece).split('\n\n')
    text = frames.pop() ?? ''
    for (const frame of frames) if (!frame.startsWith(':')) yield eventOf(frame)
  }
  if (text !== '') throw new Error(`The stream ended within a frame: ${text}`)
}

function eventOf(frame: string): TurnEvent {
  const [, name, data] = /^event: (.+)\ndata: (.+)$/.exec(frame) ?? []
  // Trusts the server's type; the event's name must agree with it.
  const event = JSON.parse(data ?? 'null') as TurnEvent | null
  if (!event || event.type !== name) throw new Error(`No turn event: ${frame}`)
  return event
}

export async function allEventsOf(response: Response): Promise<TurnEvent[]> {
  const events = []
  for await (const event of eventsOf(response)) events.push(event)
  return events
}

/** The first event of that type; then closes the connection. */
export async function firstEventOf(response: Response, type?: TurnEvent['type']): Promise<TurnEvent> {
  for await (const event of eventsOf(response)) if (type === undefined || event.type === type) return event
  throw new Error(`The stream ended without ${type}`)
}
