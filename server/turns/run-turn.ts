import { randomUUIDv7 } from 'node:crypto'
import { buildPrompt } from '../agent/prompt.ts'
import { runStep, type StepResult } from '../agent/step.ts'
import { AppError } from '../errors.ts'
import {
  type Fence,
  finishTurn,
  type JournaledCall,
  journalStep,
  type OwnedTurn,
  type StoredCall,
  type StoredPart,
  TurnLost,
} from '../store/turns.ts'
import { logTurnEnded, logTurnFailed, logTurnLeft } from '../telemetry.ts'
import { callsOfParts, partsOf, partsWorthStoring, storedPartsOf, textOfParts, toolCallOf } from './answer.ts'
import type { Caller } from './call-out.ts'
import { carryOutCalls } from './carry-out.ts'
import { decideCalls } from './decide-calls.ts'
import type { Engine } from './engine.ts'
import type { TurnOutcome, Usage } from './event.ts'
import { LiveTurn } from './live-turn.ts'
import { persist } from './persist.ts'
import { recallText } from './recall-text.ts'
import { endingOf, TurnCancelled } from './turn-ending.ts'

/** A turn under way in the hands of its owner. `journal` is what has been written down; the rest can be made again. */
export interface Run {
  readonly engine: Engine
  readonly turn: OwnedTurn
  readonly fence: Fence
  readonly live: LiveTurn
  readonly journal: { parts: StoredPart[]; calls: Map<string, StoredCall> }
  readonly takenUpAt: number
  usage: Usage
}

export const factsOf = ({ id, conversation_id, user_id, epoch }: OwnedTurn) => ({
  turn_id: id,
  conversation_id,
  user_id,
  epoch,
})

export const callerOf = ({ engine, turn, live }: Run): Caller => ({ engine, turn, signal: live.abort.signal })

type Ending = { status: TurnOutcome['status']; error?: TurnOutcome['error'] }

/**
 * Takes a turn from where its journal ends to its outcome:
 *
 *     carry out decided calls → ( step → journal → carry out )* → finish
 *
 * A process that dies anywhere in it leaves a turn that another takes up by the same function. Returns what ended
 * it here; the conversation's next turn, if one waited, is handed to `startNext`.
 */
export async function runTurn(
  engine: Engine,
  turn: OwnedTurn,
  startNext: (next: OwnedTurn) => void,
): Promise<void> {
  const run = beginRun(engine, turn)
  const remainingMs = Math.max(0, engine.limits.turnTimeoutMs - turn.age_ms)
  const timer = setTimeout(() => run.live.abort.abort(new AppError('agent_timeout')), remainingMs)
  try {
    const ending = await work(run).catch(error => endingFor(run, error))
    if (ending) await finish(run, ending, startNext)
  } catch (error) {
    // Whatever else went wrong, this instance no longer works on the turn: the sweep finds it.
    logTurnLeft(engine.log, factsOf(turn), error)
  } finally {
    clearTimeout(timer)
    forget(run)
    run.live.leave()
  }
}

/** Unless the turn has come back to this instance meanwhile, for another run. */
function forget({ engine, live }: Run): void {
  if (engine.live.get(live.id) === live) engine.live.delete(live.id)
}

function beginRun(engine: Engine, turn: OwnedTurn): Run {
  const calls = new Map(turn.calls?.map(call => [call.id, call]))
  const parts = [...continued(turn, calls), ...(turn.parts ?? [])]
  const live = new LiveTurn(turn, partsOf({ parts, calls }))
  engine.live.set(turn.id, live)
  engine.remote.attach(live)
  return {
    engine,
    turn,
    fence: { userId: turn.user_id, turnId: turn.id, owner: engine.instanceId, epoch: turn.epoch },
    live,
    journal: { parts, calls },
    takenUpAt: performance.now(),
    usage: turn.usage ?? { input_tokens: 0, output_tokens: 0 },
  }
}

/** Calls that the user's message approved open the answer, as its step 0; the journal has them from its first step on. */
function continued(turn: OwnedTurn, calls: Map<string, StoredCall>): StoredPart[] {
  if (turn.parts?.some(part => part.step === 0)) return []
  return [...calls.values()]
    .filter(call => call.step === 0)
    .map(call => ({ type: 'tool_call', step: 0, id: call.id }))
}

async function work(run: Run): Promise<Ending> {
  const { engine, turn } = run
  if (turn.cancel_requested) {
    await recallText(run)
    throw new TurnCancelled()
  }
  if (turn.attempts >= engine.limits.takeOvers) {
    throw new AppError('agent_unavailable', 'The answer was given up after several attempts')
  }
  if ((await carryOutCalls(run)) === 'awaiting_approval') return { status: 'awaiting_approval' }
  let step = Math.max(0, ...run.journal.parts.map(part => part.step))
  while (step < engine.limits.maxSteps) {
    step += 1
    const result = await takeStep(run, step)
    if (!result.parts.some(part => part.type === 'tool_call')) return { status: 'completed' }
    const awaiting = (await carryOutCalls(run)) === 'awaiting_approval'
    run.live.finishStep(step, run.usage)
    if (awaiting) return { status: 'awaiting_approval' }
  }
  throw new AppError(
    'agent_unavailable',
    `The assistant found no answer within ${engine.limits.maxSteps} steps`,
  )
}

/** One call of the model, and, when it decided on tools, the journal of it. */
async function takeStep(run: Run, step: number): Promise<StepResult> {
  const { engine, turn, live, journal } = run
  const { agent, limits } = engine
  const base = journal.parts.length
  const result = await runStep({
    model: agent.model,
    prompt: buildPrompt(agent.instructions(turn.context), turn.history, journal),
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

function endingFor(run: Run, error: unknown): Ending | undefined {
  const ending = endingOf(error)
  if (ending.kind === 'left') return undefined
  if (ending.kind === 'cancelled') return { status: 'cancelled' }
  logTurnFailed(run.engine.log, factsOf(run.turn), error)
  return { status: 'failed', error: { code: ending.code, detail: ending.detail } }
}

/** One commit: the answer so far with how it ended, and the next turn of the conversation. */
async function finish(run: Run, ending: Ending, startNext: (next: OwnedTurn) => void): Promise<void> {
  const { engine, turn, live, journal } = run
  const parts = [...journal.parts, ...unjournaled(run)]
  const content = textOfParts(live.parts)
  // Ending a turn is not subject to what ended it.
  const patience = AbortSignal.timeout(engine.limits.turnTimeoutMs)
  const finished = await persist(patience, () =>
    finishTurn(engine.db, run.fence, {
      conversationId: turn.conversation_id,
      status: ending.status,
      messageId: randomUUIDv7(),
      content,
      parts: partsWorthStoring(parts),
      usage: run.usage,
      error: ending.error && { code: ending.error.code, detail: ending.error.detail },
      nextOwner: engine.draining ? undefined : engine.instanceId,
      historyMessages: engine.limits.historyMessages,
    }),
  )
  if (!finished.finished) return
  for (const call of finished.calls ?? []) {
    if (call.status !== journal.calls.get(call.id)?.status) live.show('tool.finished', toolCallOf(call))
  }
  logTurnEnded(engine.log, {
    ...factsOf(turn),
    status: ending.status,
    code: ending.error?.code,
    ms: Math.round(turn.age_ms + performance.now() - run.takenUpAt),
  })
  forget(run)
  if (finished.next && !engine.draining) startNext(finished.next)
  live.end({
    conversation_id: turn.conversation_id,
    turn_id: turn.id,
    message_id: finished.message_id,
    status: ending.status,
    response: content,
    tool_calls: callsOfParts(live.parts),
    usage: run.usage,
    created_at: new Date(turn.created_at).toISOString(),
    ...(ending.error ? { error: ending.error } : {}),
  })
}

/** Text of a step that was stopped in its middle: shown to the user, so kept with the answer. */
function unjournaled({ live, journal }: Run): StoredPart[] {
  return live.parts
    .slice(journal.parts.length)
    .flatMap(part =>
      part.type !== 'tool_call' && part.text ? [{ type: part.type, step: part.step, text: part.text }] : [],
    )
}
