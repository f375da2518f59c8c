import { ConnectionLost, lost } from './connection.ts'
import type { Answer, Part, TurnEvent } from './contract.ts'

/** Two server heartbeats and a margin: a connection that is silent for longer is dead. */
const silenceMs = 40_000

type EndEvent = Extract<TurnEvent, { response: string }>

export const isEnd = (event: TurnEvent): event is EndEvent => 'response' in event

export const answerOf = ({ type: _type, ...answer }: EndEvent): Answer => answer

/** The events of one response (WHATWG HTML, section 9.2). The caller must judge whether it ended early. */
export async function* eventsOf({ body }: Response, signal?: AbortSignal): AsyncGenerator<TurnEvent> {
  if (!body) return
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  try {
    for (;;) {
      const { done, value } = await soon(reader.read()).catch(cause => lost(cause, signal))
      if (done) throw new ConnectionLost('The events ended before the turn')
      const frames = (text + value).split('\n\n')
      text = frames.pop() ?? ''
      for (const frame of frames) if (frame.startsWith('event: ')) yield eventOf(frame)
    }
  } finally {
    reader.cancel().catch(() => {})
  }
}

function eventOf(frame: string): TurnEvent {
  const event = JSON.parse(frame.slice(frame.indexOf('\ndata: ') + 7))
  if (event.type === 'error') throw new ConnectionLost(event.detail)
  return event
}

function soon<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The server is silent')), silenceMs)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** The parts of an answer after an event. A snapshot replaces everything shown before. */
export function showEvent(parts: readonly Part[], event: TurnEvent): readonly Part[] {
  if (event.type === 'turn.snapshot') return event.parts
  if (!('part' in event)) return parts
  const { step, part: place } = event
  const shown = [...parts]
  if ('tool_call' in event) shown[place] = { type: 'tool_call', step, tool_call: event.tool_call }
  else {
    const type = event.type === 'text.delta' ? 'text' : 'reasoning'
    const before = shown[place]
    shown[place] = { type, step, text: (before?.type === type ? before.text : '') + event.delta }
  }
  return shown
}
