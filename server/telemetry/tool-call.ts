import type { Telemetry } from '../telemetry.ts'
import type { Span } from './trace.ts'
import type { TurnFacts } from './turn-events.ts'

interface CalledTool {
  turn: TurnFacts
  span: Span
  /** As the model wrote it: only names of existing tools may become labels. */
  name: string
  isKnown: boolean
  callId: string
}

/** Observes one tool call until its result is stored: span, metrics and log line, never its arguments. */
export async function observeToolCall<T extends { status: string }>(
  telemetry: Telemetry,
  { turn, span: parent, name, isKnown, callId }: CalledTool,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const { log, metrics, tracer } = telemetry
  const tool = isKnown ? metrics.toolLabel(name) : 'unknown'
  const span = tracer.start(`execute_tool ${tool}`, {
    parent: parent.traceparent,
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': tool,
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.id': callId,
      'colloquy.turn.id': turn.turn_id,
    },
  })
  const startedAt = performance.now()
  let status = 'interrupted'
  try {
    const outcome = await work(span)
    status = outcome.status
    return outcome
  } finally {
    const ms = performance.now() - startedAt
    metrics.toolSeconds.observe({ tool, status }, ms / 1000)
    span.end(status === 'completed' ? undefined : status)
    log.debug(
      { event: 'tool.ended', ...turn, tool, call_id: callId, status, ms: Math.round(ms) },
      'tool ended',
    )
  }
}
