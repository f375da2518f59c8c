import { AppError } from '../errors.ts'
import { decideCall, type Verdict } from '../store/tool-calls.ts'
import { cancelTurn, editQueuedTurn, switchHead } from '../store/turn-steering.ts'
import type { TurnName } from '../store/turns.ts'
import type { Engine } from './engine.ts'
import { startTurn } from './start-turn.ts'
import { TurnCancelled } from './turn-ending.ts'

/** What others than its owner do to a turn: each is a row first, and a signal only where the turn runs here. */

/** Idempotent. True when the turn is over; false while another instance, which owns it, still has to hear of it. */
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

/** The verdict on one call; with the last one its turn goes on here. Throws conflict when another was faster. */
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

/** Returns the turn with which the conversation now ends. */
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

/** The conversation is gone: what runs here for it stops at once, elsewhere at the next beat. */
export function abandonConversation({ live }: Engine, userId: string, conversationId: string): void {
  for (const turn of live.values()) {
    if (turn.userId === userId && turn.conversationId === conversationId)
      turn.abort.abort(new TurnCancelled())
  }
}
