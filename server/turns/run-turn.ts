import { AppError } from '../errors.ts'
import type { OwnedTurn } from '../store/turns.ts'
import { outsideRequests } from '../telemetry/request-scope.ts'
import { turnFailed, turnLeft } from '../telemetry/turn-events.ts'
import { carryOutCalls } from './carry-out.ts'
import type { Engine } from './engine.ts'
import { type Ending, finishRun } from './finish-run.ts'
import { type PreparedRun, prepareRun } from './prepare-run.ts'
import { recallText } from './recall-text.ts'
import { beginRun, factsOf, forgetRun, type Run } from './run.ts'
import { sumUpFallen } from './run-summary.ts'
import { takeStep } from './take-step.ts'
import { endingOf, TurnCancelled } from './turn-ending.ts'

/**
 * Runs a turn from where its journal ends to its outcome:
 *
 *     prepare the agent → carry out decided calls → ( step → journal → carry out )* → finish
 *
 * If the process dies at any point, another instance continues the turn with this same function. The conversation's
 * next turn, if one is queued, is handed to `startNext`.
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
    // The next turn belongs to another request than this one.
    if (ending) {
      await finishRun(run, ending, next => outsideRequests(() => startNext(next)))
      await outsideRequests(() => sumUpFallen(run))
    }
  } catch (error) {
    // Whatever else went wrong, this instance no longer works on the turn: the pulse takes it over.
    turnLeft(engine.telemetry, factsOf(turn), error)
  } finally {
    clearTimeout(timer)
    forgetRun(run)
    run.span.end('left')
    run.live.leave()
  }
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
  return answer(await prepareRun(run))
}

async function answer(run: PreparedRun): Promise<Ending> {
  const { engine } = run
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

function endingFor(run: Run, error: unknown): Ending | undefined {
  const ending = endingOf(error)
  if (ending.kind === 'left') return undefined
  if (ending.kind === 'cancelled') return { status: 'cancelled' }
  turnFailed(run.engine.telemetry, factsOf(run.turn), error)
  return { status: 'failed', error: { code: ending.code, detail: ending.detail } }
}
