import { runStep, type StepResult } from '../agent/step.ts'
import type { OnDelta } from '../agent/step-parts.ts'
import { AppError } from '../errors.ts'
import { type JournaledCall, journalStep, type StoredPart, TurnLost } from '../store/turns.ts'
import { observeStep } from '../telemetry/model-step.ts'
import { traceHeaders } from '../telemetry/trace.ts'
import { firstDeltaShown } from '../telemetry/turn-events.ts'
import { callsOfParts, partsOf, storedPartsOf } from './answer.ts'
import { usageToStore } from './context-figure.ts'
import { decideCalls } from './decide-calls.ts'
import type { Usage } from './event.ts'
import { figureOf, type GivenContext, giveContext } from './give-context.ts'
import { persist } from './persist.ts'
import type { PreparedRun } from './prepare-run.ts'
import { ageMsOf, factsOf, type Run } from './run.ts'

/** Calls the model once and, if it decided on tools, journals the step. */
export async function takeStep(run: PreparedRun, step: number): Promise<StepResult> {
  const { live, journal } = run
  const base = journal.parts.length
  const given = await giveContext(run)
  const result = await askModel(run, step, given)
  if (result.parts.length === 0) throw new AppError('agent_unavailable', 'The assistant gave an empty answer')
  run.usage = add(run.usage, result.usage)
  run.context = figureOf(run, given, result.usage.input_tokens)

  const { parts, ids } = storedPartsOf(result.parts, step)
  const { calls, question } = await decideCalls(run, { step, parts: result.parts, ids })
  if (question) {
    parts.push({ type: 'text', step, text: question })
    live.append({ type: 'text', step, text: question }, base + parts.length - 1)
  }
  await write(run, [...journal.parts, ...parts], calls)
  for (const part of callsOfParts(live.parts)) if (ids.includes(part.id)) live.show('tool.called', part)
  return result
}

function askModel(run: PreparedRun, step: number, { prompt }: GivenContext): Promise<StepResult> {
  const { engine, agent, turn, live, journal, span: parent } = run
  const { limits, telemetry } = engine
  const base = journal.parts.length
  const show =
    (type: 'text' | 'reasoning'): OnDelta =>
    (delta, place, text) => {
      if (!run.isHeard) hear(run)
      live.append({ type, step, text: delta }, base + place, text)
    }
  const asked = { turn: factsOf(turn), span: parent, step, model: agent.model }
  return observeStep(telemetry, asked, span =>
    runStep({
      model: agent.model,
      prompt,
      tools: agent.functionTools,
      providerOptions: { ...agent.providerOptions, colloquy: { ...turn.context } },
      headers: traceHeaders(span),
      signal: live.abort.signal,
      timeoutMs: limits.stepTimeoutMs,
      maxRetries: limits.modelRetries,
      onText: show('text'),
      onReasoning: show('reasoning'),
    }),
  )
}

function hear(run: PreparedRun): void {
  run.isHeard = true
  firstDeltaShown(run.engine.telemetry, factsOf(run.turn), ageMsOf(run))
}

/** Tool calls are stored before any is carried out; text alone can be produced again and is stored at the finish. */
async function write(run: Run, parts: StoredPart[], calls: JournaledCall[]): Promise<void> {
  const { engine, fence, live, journal } = run
  if (calls.length > 0) {
    const journaled = await persist(live.abort.signal, () =>
      journalStep(engine.db, fence, { parts, calls, usage: usageToStore(run), model: run.model }),
    )
    if (!journaled) throw new TurnLost()
  }
  journal.parts = parts
  for (const call of calls) {
    const finished_at = call.status === 'failed' ? run.turn.created_at : null
    journal.calls.set(call.id, { result: null, continues: null, finished_at, ...call })
  }
  live.settle(partsOf(journal))
}

const add = (a: Usage, b: Usage): Usage => ({
  input_tokens: a.input_tokens + b.input_tokens,
  output_tokens: a.output_tokens + b.output_tokens,
})
