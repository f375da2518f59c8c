import { markData, takesInstructions } from '../agent/data-marks.ts'
import { buildPrompt } from '../agent/prompt.ts'
import { runStep, type StepResult } from '../agent/step.ts'
import { AppError } from '../errors.ts'
import { type JournaledCall, journalStep, type StoredPart, TurnLost } from '../store/turns.ts'
import { callsOfParts, partsOf, storedPartsOf } from './answer.ts'
import { decideCalls } from './decide-calls.ts'
import type { Usage } from './event.ts'
import { persist } from './persist.ts'
import type { Run } from './run.ts'

/** One call of the model, and, when it decided on tools, the journal of it. */
export async function takeStep(run: Run, step: number): Promise<StepResult> {
  const { engine, turn, live, journal } = run
  const { agent, limits } = engine
  const base = journal.parts.length
  const prompt = buildPrompt(agent.instructions(turn.context), turn.history, journal)
  const result = await runStep({
    model: agent.model,
    prompt: takesInstructions(agent.model) ? markData(prompt) : prompt,
    tools: agent.functionTools,
    providerOptions: { ...agent.providerOptions, colloquy: { ...turn.context } },
    signal: live.abort.signal,
    timeoutMs: limits.stepTimeoutMs,
    maxRetries: limits.modelRetries,
    onText: (delta, part) => live.append({ type: 'text', step, text: delta }, base + part),
    onReasoning: (delta, part) => live.append({ type: 'reasoning', step, text: delta }, base + part),
  })
  if (result.parts.length === 0) throw new AppError('agent_unavailable', 'The assistant gave an empty answer')
  run.usage = add(run.usage, result.usage)

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

/** Decisions are stored before any of them is carried out; text alone can be made again and waits for the finish. */
async function write(run: Run, parts: StoredPart[], calls: JournaledCall[]): Promise<void> {
  const { engine, fence, live, journal, usage } = run
  if (calls.length > 0) {
    const journaled = await persist(live.abort.signal, () =>
      journalStep(engine.db, fence, { parts, calls, usage }),
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
