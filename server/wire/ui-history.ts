import type { Part, ToolCall } from '../turns/event.ts'
import { inOrderOfTelling } from './answer-changes.ts'
import type { UiMetadata } from './ui-metadata.ts'
import { approvalIdOf, toolMetadataOf, uiStateOf } from './ui-tool-call.ts'

/** A stored message as the AI SDK's `UIMessage`. */
export interface UiMessage {
  id: string
  role: 'user' | 'assistant'
  metadata: UiMetadata
  parts: ({ type: string } & Record<string, unknown>)[]
}

/** The parts of an answer. As in the stream, pending calls behind an open question are left out. */
export function uiPartsOf(parts: readonly Part[]): UiMessage['parts'] {
  const asks = new Set(parts.flatMap(part => (isAsking(part) ? [part.step] : [])))
  let step: number | undefined
  return inOrderOfTelling(parts).flatMap(({ part }) => {
    if (part.type === 'tool_call' ? part.tool_call.status === 'pending' && asks.has(part.step) : !part.text)
      return []
    const start = part.step === step ? [] : [{ type: 'step-start' }]
    step = part.step
    if (part.type === 'tool_call') return [...start, uiToolPartOf(part.tool_call)]
    return [...start, { type: part.type, text: part.text, state: 'done' }]
  })
}

const isAsking = (part: Part) => part.type === 'tool_call' && part.tool_call.status === 'awaiting_approval'

function uiToolPartOf(call: ToolCall) {
  const is = uiStateOf(call)
  const id = approvalIdOf(call)
  const part = {
    type: `tool-${call.name}`,
    toolCallId: call.id,
    input: call.arguments,
    toolMetadata: toolMetadataOf(call),
  }
  switch (is.state) {
    // Approved by the next message, whose turn carried it out.
    case 'approval-responded':
      return { ...part, state: 'output-available', output: null, approval: { id, approved: true } }
    case 'approval-requested':
      return { ...part, state: is.state, approval: { id } }
    case 'output-denied': {
      const { state, ...why } = is
      return { ...part, state, approval: { id, approved: false, ...why } }
    }
    default:
      return { ...part, ...is }
  }
}
