import { randomUUIDv7 } from 'node:crypto'
import type { Journal } from '../agent/prompt.ts'
import type { StepPart } from '../agent/step-parts.ts'
import type { StoredCall, StoredPart } from '../store/turns.ts'
import type { Json, Part, ToolCall } from './event.ts'

/** Conversions between an answer's forms: as the model produced it, as stored, as clients see it. */

export const toolCallOf = (call: StoredCall): ToolCall => ({
  id: call.id,
  name: call.name,
  arguments: call.arguments,
  result: call.result,
  status: call.status,
  executed_at: call.finished_at ? new Date(call.finished_at).toISOString() : null,
})

export function partsOf({ parts, calls }: Journal): Part[] {
  return parts.map(part => {
    if (part.type !== 'tool_call') return { type: part.type, step: part.step, text: part.text }
    const call = calls.get(part.id)
    if (!call) throw new Error(`Part of a tool call without its row: ${part.id}`)
    return { type: 'tool_call', step: part.step, tool_call: toolCallOf(call) }
  })
}

/** The text of an answer: one paragraph for each step that produced text. */
export const textOfParts = (parts: readonly Part[]) =>
  parts.flatMap(part => (part.type === 'text' && part.text ? [part.text] : [])).join('\n\n')

export const callsOfParts = (parts: readonly Part[]) =>
  parts.flatMap(part => (part.type === 'tool_call' ? [part.tool_call] : []))

/** A step's parts as stored. Each tool call gets an id of our own, because providers reuse theirs. */
export function storedPartsOf(parts: StepPart[], step: number): { parts: StoredPart[]; ids: string[] } {
  const ids: string[] = []
  const stored = parts.map((part): StoredPart => {
    // The provider's metadata is JSON by its type, only named differently.
    const provider = part.provider ? { provider: part.provider as Json } : {}
    if (part.type !== 'tool_call') return { type: part.type, step, text: part.text, ...provider }
    const id = randomUUIDv7()
    ids.push(id)
    return { type: 'tool_call', step, id, ...provider }
  })
  return { parts: stored, ids }
}

/** The parts to store beside the content: undefined for plain text, so most rows leave the column null. */
export function partsWorthStoring(parts: StoredPart[]): StoredPart[] | undefined {
  const [only] = parts
  const isPlain = parts.length === 0 || (parts.length === 1 && only?.type === 'text' && !only.provider)
  return isPlain ? undefined : parts
}
