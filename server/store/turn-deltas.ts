import { type Connection, callFunction } from '../db/database.ts'
import type { TurnStatus } from '../turns/event.ts'

/** Text being generated, for followers on other instances: migrations/0010-follow-turns.sql. */

export interface StoredDelta {
  seq: number
  step: number
  part: number
  kind: 'text' | 'reasoning'
  delta: string
}

export type FlushedDelta = StoredDelta & { user_id: string; turn_id: string; epoch: number }

export const flushDeltas = (db: Connection, deltas: FlushedDelta[]): Promise<void> =>
  callFunction(db, 'flush_deltas_v1', [JSON.stringify(deltas)])

/** The text published by the last owner that published any. */
export const listLastDeltas = async (
  db: Connection,
  userId: string,
  turnId: string,
): Promise<StoredDelta[]> => (await callFunction(db, 'last_deltas_v1', [userId, turnId])) ?? []

export interface TurnNews {
  id: string
  status: TurnStatus
  epoch: number
  progress: number
  deltas: StoredDelta[] | null
}

export const followTurns = (
  db: Connection,
  follows: { user_id: string; id: string; epoch: number; seq: number }[],
): Promise<TurnNews[]> => callFunction(db, 'follow_turns_v1', [JSON.stringify(follows)])

/** Returns how many deltas were removed. */
export const forgetDeltas = (db: Connection, afterSeconds: number, limit: number): Promise<number> =>
  callFunction(db, 'forget_deltas_v2', [afterSeconds, limit])
