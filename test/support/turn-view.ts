import type { Part, TurnEvent, TurnOutcome, TurnStatus } from '../../server/turns/event.ts'
import { eventsOf } from './event-stream.ts'

/** What a client shows of a turn, derived only from the events it received. */
export class TurnView {
  status: TurnStatus | undefined
  parts: Part[] = []
  outcome: TurnOutcome | undefined

  show(event: TurnEvent): void {
    switch (event.type) {
      case 'turn.snapshot':
        this.status = event.status
        this.parts = structuredClone(event.parts)
        return
      case 'text.delta':
      case 'reasoning.delta':
        this.#append(event)
        return
      case 'tool.called':
      case 'tool.approval_requested':
      case 'tool.finished':
        this.#put(event.part, { type: 'tool_call', step: event.step, tool_call: event.tool_call })
        return
      case 'turn.completed':
      case 'turn.failed':
      case 'turn.cancelled':
        this.status = event.status
        this.outcome = event
    }
  }

  #append({ type, part: place, step, delta }: Extract<TurnEvent, { delta: string }>): void {
    const kind = type === 'text.delta' ? 'text' : 'reasoning'
    const part = this.parts[place]
    if (part?.type === kind) part.text += delta
    else this.#put(place, { type: kind, step, text: delta })
  }

  /** Fills earlier places that have no content yet. */
  #put(place: number, part: Part): void {
    while (this.parts.length < place) this.parts.push({ type: 'text', step: part.step, text: '' })
    this.parts[place] = part
  }

  get text(): string {
    return this.parts.flatMap(part => (part.type === 'text' && part.text ? [part.text] : [])).join('\n\n')
  }
}

/** A client that reads a turn's events in the background. */
export interface Watcher {
  view: TurnView
  events: TurnEvent[]
  /** Resolves when the events so far fulfil the condition; rejects when the stream ends first. */
  until: (condition: (view: TurnView, events: TurnEvent[]) => boolean) => Promise<void>
  /** Resolves with the turn's outcome; rejects when the stream ends without one. */
  ended: Promise<TurnOutcome>
  close: () => Promise<void>
}

export function watch(response: Response): Watcher {
  const view = new TurnView()
  const events: TurnEvent[] = []
  const { closable, close } = closableBody(response)
  const stream = eventsOf(closable)
  let heard = Promise.withResolvers<void>()
  const reading = (async () => {
    for await (const event of stream) {
      events.push(event)
      view.show(event)
      heard.resolve()
      heard = Promise.withResolvers()
    }
  })()
  const over = reading.catch(() => {})
  const until: Watcher['until'] = async condition => {
    while (!condition(view, events)) {
      const isOver = await Promise.race([heard.promise.then(() => false), over.then(() => true)])
      if (isOver && !condition(view, events)) throw new Error(`Never seen: ${condition}`)
    }
  }
  const ended = reading.then(() => {
    if (!view.outcome) throw new Error('The stream ended before its turn')
    return view.outcome
  })
  ended.catch(() => {})
  return {
    view,
    events,
    until,
    ended,
    close: async () => {
      await close()
      await over
    },
  }
}

/** The same response with a connection that can be closed while someone waits for more of it. */
function closableBody(response: Response): { closable: Response; close: () => Promise<void> } {
  const reader = response.body?.getReader()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const piece = await reader?.read()
      if (!piece || piece.done) controller.close()
      else controller.enqueue(piece.value)
    },
    cancel: reason => reader?.cancel(reason),
  })
  const { status, headers } = response
  return { closable: new Response(body, { status, headers }), close: async () => reader?.cancel() }
}
