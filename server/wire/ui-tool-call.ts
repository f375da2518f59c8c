import { denialReasonOf, type Json, type ToolCall } from '../turns/event.ts'

/** A call's state in terms of the AI SDK's tool parts. */
export type UiToolState =
  | { state: 'input-available' | 'approval-requested' }
  | { state: 'approval-responded'; approved: boolean }
  | { state: 'output-available'; output: Json }
  | { state: 'output-error'; errorText: string }
  | { state: 'output-denied'; reason?: string }

export const uiStateOf = ({ status, result }: ToolCall): UiToolState => {
  switch (status) {
    case 'awaiting_approval':
      return { state: 'approval-requested' }
    case 'approved':
      return { state: 'approval-responded', approved: true }
    case 'denied':
      return { state: 'output-denied', ...reasonIn(result) }
    case 'completed':
      return { state: 'output-available', output: result }
    case 'failed':
      return { state: 'output-error', errorText: errorIn(result) }
    case 'unknown':
      return { state: 'output-error', errorText: 'The outcome of this tool call is unknown.' }
    case 'dropped':
      return { state: 'output-error', errorText: 'This tool call was not carried out.' }
    default:
      return { state: 'input-available' }
  }
}

/** Sent with every part of a call: its state in our terms, and when it was carried out. */
export const toolMetadataOf = ({ status, executed_at }: ToolCall) => ({
  status,
  ...(executed_at ? { executedAt: executed_at } : {}),
})

/** A call and its approval question share one id. */
export const approvalIdOf = ({ id }: ToolCall) => id

function errorIn(result: Json): string {
  const isObject = typeof result === 'object' && result !== null && !Array.isArray(result)
  return isObject && typeof result.error === 'string' ? result.error : 'The tool failed'
}

function reasonIn(result: Json): { reason?: string } {
  const reason = denialReasonOf(result)
  return reason === undefined ? {} : { reason }
}
