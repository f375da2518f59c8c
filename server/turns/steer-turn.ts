import { AppError } from '../errors.ts'
import { decideCall, type Verdict } from '../store/tool-calls.ts'
import { cancelTurn, editQueuedTurn, switchHead } from '../store/turn-steering.ts'
import type { TurnName } from '../store/turns.ts'
import type { Engine } from './engine.ts'
import { startTurn } from './start-turn.ts'
import { TurnCancelled } from './turn-ending.ts'

/** Actions on a turn by others than its owner: each writes a row first, and signals only a turn that runs here. */

/** Idempotent. True when the turn is over; false while the instance that owns it has yet to learn of the request. */
export async function stopTurn(engine: Engine, turn: TurnName): Promise<boolean> {
  const cancelled = await cancelTurn(engine.db, turn)
  if (!cancelled) throw new AppError('turn_not_found')
  if (cancelled.status !== 'running') return true
  const live = engine.live.get(turn.turnId)
  live?.abort.abort(new TurnCancelled())
  return (await live?.ended) !== undefined
}

export async function changeQueuedMessage(engine: Engine, turn: TurnName, message: string): Promise<void> {
  if (await editQueuedTurn(engine.db, turn, message)) return
  throw new AppError('conflict', 'The message does not wait any more')
}

/**
 * Records the verdict on one call; after the last verdict the turn continues here. Throws conflict when a verdict was
 * already given.
 */
export async function giveVerdict(engine: Engine, userId: string, verdict: Verdict): Promise<TurnName> {
  const { instanceId: owner, limits } = engine
  const decided = await decideCall(engine.db, {
    ...verdict,
    userId,
    owner,
    historyMessages: limits.historyMessages,
  })
  if (decided.outcome === 'not_found') throw new AppError('tool_call_not_found')
  if (decided.outcome === 'conflict')
    throw new AppError('conflict', 'The tool call does not await approval any more')
  if (decided.turn) startTurn(engine, decided.turn)
  return { userId, turnId: decided.turn_id }
}

/** Switches to another version; returns the turn that the conversation now ends with. */
export async function readVersion(
  engine: Engine,
  userId: string,
  { conversationId, turnId }: { conversationId: string; turnId: string },
): Promise<string> {
  const switched = await switchHead(engine.db, { userId, turnId }, conversationId)
  if (switched.outcome === 'busy') throw new AppError('conversation_busy')
  if (switched.outcome === 'not_found')
    throw new AppError('conversation_not_found', 'No such conversation or turn')
  return switched.head_turn
}

/** The conversation was deleted: its turns stop at once here, and at the next beat elsewhere. */
export function abandonConversation({ live }: Engine, userId: string, conversationId: string): void {
  for (const turn of live.values()) {
    if (turn.userId === userId && turn.conversationId === conversationId)
      turn.abort.abort(new TurnCancelled())
  }
}
