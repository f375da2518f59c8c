import type { TurnOutcome } from '../turns/event.ts'
import type { AgUiMessage } from './ag-ui-messages.ts'

/** An AG-UI run: what a client asked for, and how it ends. */

export const agUiVersion = '1.0'

export interface AgUiRun {
  threadId: string
  runId: string
  /** A client older than 1.0, which knows no outcome but success. */
  isLegacy: boolean
  /** Restates the thread first, for a client that reconnects. */
  connects: boolean
  /** Ids of the messages that the client already has. */
  has: ReadonlySet<string>
  /** Calls whose approval this run answers. */
  answered: ReadonlySet<string> | undefined
  /** The thread up to the turn's own message. */
  loadThread: () => Promise<AgUiMessage[]>
}

export type AgUiEvent = { type: string; [key: string]: unknown }

export const agUiFrame = (event: AgUiEvent) => `data: ${JSON.stringify(event)}\n\n`

export const agUiOverflowFrame: Uint8Array = new TextEncoder().encode(
  agUiFrame({ type: 'RUN_ERROR', message: 'The connection fell behind; connect again', code: 'too_slow' }),
)

/** A run without content. */
export const emptyRun = ({ threadId, runId }: Pick<AgUiRun, 'threadId' | 'runId'>) =>
  agUiFrame({ type: 'RUN_STARTED', threadId, runId, protocolVersion: agUiVersion }) +
  agUiFrame({ type: 'RUN_FINISHED', threadId, runId, outcome: { type: 'success' } })

/** `wasOver`: the turn had ended before this connection began. */
export function endOf(run: AgUiRun, outcome: TurnOutcome, wasOver: boolean): AgUiEvent {
  const { threadId, runId, isLegacy, connects, answered } = run
  const { status, error, usage, message_id: messageId } = outcome
  const metadata = { colloquy: { status, messageId, usage } }
  const finished = { type: 'RUN_FINISHED', threadId, runId, metadata }
  if (status === 'awaiting_approval')
    return { ...finished, outcome: { type: 'interrupt', interrupts: interruptsOf(outcome) } }
  if (status === 'completed' || (connects && wasOver)) {
    // The turn of a run that answers questions or reconnects has already reported its tokens in another run.
    const tokens = answered || connects ? {} : { usage: usageOf(usage) }
    return { ...finished, outcome: { type: 'success' }, ...tokens }
  }
  if (status === 'failed')
    return {
      type: 'RUN_ERROR',
      message: error?.detail ?? 'The answer failed',
      code: error?.code ?? 'internal',
    }
  if (isLegacy) return { type: 'RUN_ERROR', message: 'Cancelled', code: 'abort' }
  return { ...finished, outcome: { type: 'cancelled' } }
}

const interruptsOf = ({ tool_calls }: TurnOutcome) =>
  tool_calls
    .filter(call => call.status === 'awaiting_approval')
    .map(({ id, name }) => ({
      id,
      reason: 'tool_call',
      toolCallId: id,
      message: `Allow ${name}?`,
      responseSchema: {
        type: 'object',
        properties: { approved: { type: 'boolean' }, reason: { type: 'string' } },
        required: ['approved'],
      },
    }))

const usageOf = ({ input_tokens: inputTokens, output_tokens: outputTokens }: TurnOutcome['usage']) => [
  { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
]
