import { nameOfModel } from '../agent/models.ts'
import { StepStop } from '../agent/step-stop.ts'
import type { PreparedAgent } from '../agent/working-agent.ts'
import { AppError } from '../errors.ts'
import type { OwnedTurn } from '../store/turns.ts'
import type { LiveTurn } from './live-turn.ts'
import type { Run } from './run.ts'

/** A run with the agent prepared for this user and conversation: once, so that all steps see the same one. */
export type PreparedRun = Run & { readonly agent: PreparedAgent }

/** Any work on a turn that needs the agent. */
export interface Preparable extends Pick<Run, 'engine'> {
  readonly turn: Pick<OwnedTurn, 'user_id' | 'conversation_id' | 'context'>
  readonly live: Pick<LiveTurn, 'abort'>
}

/** The agent author's code may take as long as a step and may fail; then the turn fails, and its message is kept. */
export async function prepareRun<R extends Preparable>(
  run: R,
): Promise<R & { readonly agent: PreparedAgent }> {
  const { engine, turn, live } = run
  const { now, time_zone, locale, email, name } = turn.context
  const stop = new StepStop(live.abort.signal, engine.limits.stepTimeoutMs)
  try {
    const prepared = engine.agent.prepare({
      user: { id: turn.user_id, email, name },
      conversation: { id: turn.conversation_id },
      context: { now, time_zone, locale },
    })
    const agent = await stop.orStopped(prepared)
    return Object.assign(run, { agent, model: nameOfModel(agent.model) })
  } catch (cause) {
    throw stop.stopped ? stop.reason : new AppError('agent_unavailable', undefined, { cause })
  } finally {
    stop.dispose()
  }
}
