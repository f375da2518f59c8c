import type { LanguageModelV4CallOptions, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { type Outcome, readOutcome } from './outcome.ts'
import { type Fields, isFields } from './task.ts'
import { type Clock, clockOf } from './zone.ts'

/** A tool call of the past and what became of it. */
export interface CallRecord {
  id: string
  tool: string
  input: Fields
  outcome: Outcome
}

/** A user's message and everything the assistant did and said until the next one. */
export interface Turn {
  message: string
  calls: CallRecord[]
  said: string
}

interface LoosePart {
  type?: unknown
  text?: unknown
  toolCallId?: unknown
  toolName?: unknown
  input?: unknown
  output?: unknown
}

const partsOf = (content: unknown): LoosePart[] =>
  Array.isArray(content)
    ? content.filter(isFields)
    : typeof content === 'string'
      ? [{ type: 'text', text: content }]
      : []

const textOf = (parts: LoosePart[]) =>
  parts
    .filter(part => part.type === 'text' && typeof part.text === 'string')
    .map(part => part.text)
    .join('\n')

function record(turn: Turn, part: LoosePart) {
  const id = String(part.toolCallId)
  if (part.type === 'tool-call') {
    const input = isFields(part.input) ? part.input : {}
    turn.calls.push({ id, tool: String(part.toolName), input, outcome: { is: 'waiting' } })
  }
  if (part.type !== 'tool-result') return
  // Providers repeat their call ids, so a result belongs to the newest call that still waits for one.
  const call = turn.calls.findLast(call => call.id === id && call.outcome.is === 'waiting')
  if (call) call.outcome = readOutcome(part.output)
}

/** The conversation as turns. Total: what it does not understand it leaves out. */
export function readTurns(prompt: LanguageModelV4Prompt): Turn[] {
  const turns: Turn[] = []
  for (const message of Array.isArray(prompt) ? prompt : []) {
    const parts = partsOf(message?.content)
    if (message?.role === 'user') turns.push({ message: textOf(parts), calls: [], said: '' })
    const turn = turns.at(-1)
    if (!turn || (message.role !== 'assistant' && message.role !== 'tool')) continue
    if (message.role === 'assistant') turn.said += textOf(parts)
    for (const part of parts) record(turn, part)
  }
  return turns
}

export const toolNames = (options: LanguageModelV4CallOptions) =>
  new Set((options.tools ?? []).filter(tool => tool.type === 'function').map(tool => tool.name))

/** `providerOptions.colloquy`: `{ now: ISO 8601, time_zone: IANA name, locale: BCP 47 }`, all optional. */
export function readClock(options: LanguageModelV4CallOptions): Clock {
  const given = options.providerOptions?.colloquy ?? {}
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
  return clockOf({ now: text(given.now), timeZone: text(given.time_zone), locale: text(given.locale) })
}
