import { AppError } from '../errors.ts'
import type { Telemetry } from '../telemetry.ts'
import type { Span } from './trace.ts'
import type { TurnFacts } from './turn-events.ts'

interface ModelStep {
  turn: TurnFacts
  span: Span
  step: number
  model: { provider: string; modelId: string }
}

interface StepOutcome {
  finishReason: string
  usage: { input_tokens: number; output_tokens: number }
}

/** Observes one model call: span, metrics and log line, however it ends. `work` may pass the span on. */
export async function observeStep<T extends StepOutcome>(
  telemetry: Telemetry,
  step: ModelStep,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const { modelId } = step.model
  const span = startStepSpan(telemetry, step)
  const startedAt = performance.now()
  try {
    const result = await work(span)
    const { input_tokens, output_tokens } = result.usage
    const model = telemetry.metrics.modelLabel(modelId)
    telemetry.metrics.tokens.inc({ model, direction: 'input' }, input_tokens)
    telemetry.metrics.tokens.inc({ model, direction: 'output' }, output_tokens)
    span.set({
      'gen_ai.usage.input_tokens': input_tokens,
      'gen_ai.usage.output_tokens': output_tokens,
      'gen_ai.response.finish_reasons': [result.finishReason],
    })
    stepEnded(telemetry, step, { outcome: 'completed', ms: performance.now() - startedAt })
    span.end()
    return result
  } catch (error) {
    const outcome = error instanceof AppError ? error.code : 'interrupted'
    stepEnded(telemetry, step, { outcome, ms: performance.now() - startedAt })
    span.end(outcome)
    throw error
  }
}

const startStepSpan = ({ tracer }: Telemetry, { span, step, turn, model }: ModelStep): Span =>
  tracer.start(`chat ${model.modelId}`, {
    parent: span.traceparent,
    kind: 'client',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': model.provider,
      'gen_ai.request.model': model.modelId,
      'gen_ai.conversation.id': turn.conversation_id,
      'colloquy.turn.id': turn.turn_id,
      'colloquy.step': step,
    },
  })

function stepEnded(
  { log, metrics }: Telemetry,
  { turn, step, model }: ModelStep,
  { outcome, ms }: { outcome: string; ms: number },
): void {
  metrics.stepSeconds.observe({ model: metrics.modelLabel(model.modelId), outcome }, ms / 1000)
  log.debug(
    { event: 'step.ended', ...turn, step, model: model.modelId, outcome, ms: Math.round(ms) },
    'step ended',
  )
}
