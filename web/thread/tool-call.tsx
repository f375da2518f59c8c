import type { ToolCallMessagePartComponent } from '@assistant-ui/react'
import type { ToolUIPart } from 'ai'
import { ApprovalCard } from './approval-card.tsx'
import { isUnfinished } from './merge-messages.ts'
import { useMessage } from './thread-runtime.ts'
import { ToolCard } from './tool-card.tsx'
import { UnknownOutcome } from './unknown-outcome.tsx'

export type CallState =
  | 'running'
  | 'asking'
  | 'approved'
  | 'done'
  | 'failed'
  | 'unknown'
  | 'denied'
  | 'dropped'

export interface Call {
  id: string
  name: string
  state: CallState
  input: unknown
  output: unknown
  /** ISO 8601 in UTC. */
  executedAt: string | undefined
}

/** A tool call of an answer, done or waiting for approval. */
export const ToolCall: ToolCallMessagePartComponent = ({ toolCallId, toolName, artifact }) => {
  const isOver = !isUnfinished(useMessage())
  // Set by convertMessage.
  const part = artifact as ToolUIPart
  const { executedAt } = metadataOf(part)
  const call: Call = {
    id: toolCallId,
    name: toolName,
    state: stateOf(part, isOver),
    input: part.input,
    output: part.state === 'output-error' ? part.errorText : part.output,
    executedAt,
  }
  if (call.state === 'asking') return <ApprovalCard call={call} />
  return (
    <div className="grid grid-cols-1 gap-2">
      <ToolCard call={call} />
      {call.state === 'unknown' && <UnknownOutcome callId={call.id} />}
    </div>
  )
}

const metadataOf = ({ toolMetadata }: ToolUIPart) =>
  // The server sends these two with every call.
  (toolMetadata ?? {}) as { status?: string; executedAt?: string }

function stateOf(part: ToolUIPart, isOver: boolean): CallState {
  const { status } = metadataOf(part)
  switch (part.state) {
    case 'approval-requested':
      return 'asking'
    case 'approval-responded':
      return part.approval.approved ? 'approved' : 'denied'
    case 'output-denied':
      return 'denied'
    case 'output-available':
      return status === 'approved' ? 'approved' : 'done'
    case 'output-error':
      return status === 'unknown' || status === 'dropped' ? status : 'failed'
    default:
      return isOver ? 'dropped' : 'running'
  }
}
