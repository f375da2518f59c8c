import { type Connection, callFunction } from '../db/database.ts'
import type { TurnStatus } from '../turns/event.ts'
import type { TurnName } from './turns.ts'

/** Actions on a turn by others than its owner: migrations/0008-steer-turn.sql. */

/** Null: no such turn. */
export const cancelTurn = (
  db: Connection,
  { userId, turnId }: TurnName,
): Promise<{ status: TurnStatus; owner?: string | null } | null> =>
  callFunction(db, 'cancel_turn_v2', [userId, turnId])

/** False when the turn is not queued, or does not exist. */
export const editQueuedTurn = (
  db: Connection,
  { userId, turnId }: TurnName,
  content: string,
): Promise<boolean> => callFunction(db, 'edit_queued_turn_v1', [userId, turnId, content])

export type Switched =
  | { outcome: 'switched'; head_turn: string }
  | { outcome: 'not_found' }
  | { outcome: 'busy' }

export const switchHead = (
  db: Connection,
  { userId, turnId }: TurnName,
  conversationId: string,
): Promise<Switched> => callFunction(db, 'switch_head_v1', [userId, conversationId, turnId])
