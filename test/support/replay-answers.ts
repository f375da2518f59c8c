import { readFileSync } from 'node:fs'

/** What the model should say, independent of a provider; `replay-encodings.ts` encodes it for each. */
export type Block =
  | { type: 'text'; deltas: string[] }
  | { type: 'reasoning'; deltas: string[]; signature: string }
  | { type: 'tool_call'; id: string; name: string; argumentDeltas: string[] }

export type Script = { blocks: Block[]; usage: { input: number; output: number } }

/**
 * One response of the replay server: a script or recording as a stream of events, or an error status. `after` counts
 * deltas already sent (text, reasoning, arguments); -1 is before the response's headers.
 */
export interface Answer {
  script?: Script
  recording?: string
  failure?: { status: number; headers: Record<string, string>; body: string }
  breakOff?: { after: number; how: 'cut' | 'end' }
  hold?: { after: number; reached: () => void; released: Promise<void> }
}

export interface HeldAnswer extends Answer {
  /** Resolves when the server has reached the hold. */
  reached: Promise<void>
  release: () => void
}

let calls = 0

export const text = (...deltas: string[]): Block => ({ type: 'text', deltas })

export const reasoning = (...deltas: string[]): Block => ({ type: 'reasoning', deltas, signature: 'sig-1' })

export function toolCall(name: string, input: unknown, id = `call_${++calls}`): Block {
  const json = typeof input === 'string' ? input : JSON.stringify(input)
  const middle = Math.ceil(json.length / 2)
  return {
    type: 'tool_call',
    id,
    name,
    argumentDeltas: [json.slice(0, middle), json.slice(middle)].filter(Boolean),
  }
}

/** An answer of the given blocks in order; usage is 10 tokens in and 5 out. */
export const stream = (...blocks: Block[]): Answer => ({
  script: { blocks, usage: { input: 10, output: 5 } },
})

export const textStream = (...deltas: string[]): Answer => stream(text(...deltas))

export const toolCallStream = (name: string, input: unknown, id?: string): Answer =>
  stream(toolCall(name, input, id))

export const malformedToolCallStream = (name: string, json = '{"title": "Buy'): Answer =>
  stream(toolCall(name, json))

export const emptyStream = (): Answer => stream()

/** The recorded stream of that name in test/fixtures/providers. */
export const recorded = (name: string): Answer => ({
  recording: readFileSync(new URL(`../fixtures/providers/${name}.sse`, import.meta.url), 'utf8'),
})

/** Refuses the request; by default with `Retry-After: 0`, so that retries take no time. */
export function failure(status: number, headers: Record<string, string> = { 'retry-after': '0' }): Answer {
  const error = { type: 'error_of_the_provider', message: `SECRET provider text ${status}` }
  return { failure: { status, headers, body: JSON.stringify({ type: 'error', error }) } }
}

/** Destroys the connection after that many deltas. */
export const cut = (answer: Answer, { after }: { after: number }): Answer => ({
  ...answer,
  breakOff: { after, how: 'cut' },
})

/** Ends the HTTP response properly, but in the middle of the answer. */
export const endEarly = (answer: Answer, { after }: { after: number }): Answer => ({
  ...answer,
  breakOff: { after, how: 'end' },
})

/** Pauses after that many deltas until released; -1 is before the headers. */
export function held(answer: Answer, { after }: { after: number }): HeldAnswer {
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  return {
    ...answer,
    hold: { after, reached: reached.resolve, released: released.promise },
    reached: reached.promise,
    release: released.resolve,
  }
}
