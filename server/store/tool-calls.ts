import { type SQL, sql } from 'drizzle-orm'
import { type Connection, callFunction, evaluate, type Tx } from '../db/database.ts'
import type { Json } from '../turns/event.ts'
import { type Fence, fenced, type OwnedTurn, type TurnContext, TurnLost } from './turns.ts'

/** State changes of a tool call, protected by the fence: migrations/0005-carry-out-call.sql. */

/** Marks a call as started; false when the caller no longer owns the turn or the call was already carried out. */
export const beginCall = (db: Connection, fence: Fence, callId: string): Promise<boolean> =>
  callFunction(db, 'begin_call_v1', [...fenced(fence), callId])

export interface CallOutcome {
  status: 'completed' | 'failed' | 'unknown'
  result: Json
}

export interface EndedCall extends CallOutcome {
  callId: string
}

/** Returns when the call ended, by the database's clock; null where beginCall returns false. */
export const finishCall = (
  db: Connection,
  fence: Fence,
  { callId, status, result }: EndedCall,
): Promise<string | null> =>
  callFunction(db, 'finish_call_v1', [...fenced(fence), callId, status, JSON.stringify(result)])

/** Inside a tool's own transaction: locks the turn until commit. Throws when the fence does not hold. */
export async function beginCallIn(tx: Tx, fence: Fence, callId: string): Promise<void> {
  const { userId, turnId, owner, epoch } = fence
  await hold(tx, sql`colloquy.begin_call_v1(${userId}, ${turnId}, ${owner}, ${epoch}, ${callId})`)
}

export async function finishCallIn(tx: Tx, fence: Fence, ended: EndedCall): Promise<string> {
  const { userId, turnId, owner, epoch } = fence
  const { callId, status } = ended
  const result = JSON.stringify(ended.result)
  return hold<string>(
    tx,
    sql`colloquy.finish_call_v1(${userId}, ${turnId}, ${owner}, ${epoch}, ${callId}, ${status}, ${result})`,
  )
}

export type Decided =
  | { outcome: 'decided'; turn_id: string; turn?: OwnedTurn }
  | { outcome: 'not_found' }
  | { outcome: 'conflict' }

export interface Verdict {
  callId: string
  approved: boolean
  /** The user's reason for denying the call. */
  reason?: string | undefined
}

/**
 * A user's verdict on a call that awaits approval (migrations/0020-denial-reasons.sql). `turn` is set when this was the
 * last open call and `owner` now owns the turn, which continues.
 */
export function decideCall(
  db: Connection,
  verdict: Verdict & { userId: string; owner: string; historyMessages: number },
): Promise<Decided> {
  const { userId, callId, approved, reason = null, owner, historyMessages } = verdict
  return callFunction(db, 'decide_call_v2', [userId, callId, approved, reason, owner, historyMessages])
}

export type Resolved =
  | {
      outcome: 'resolved'
      turn_id: string
      name: string
      arguments: Json
      continues: string | null
      context: TurnContext
    }
  | { outcome: 'not_found' }
  | { outcome: 'conflict' }

/** A user's decision about an external call with an unknown outcome: migrations/0011-resolve-call.sql. */
export function resolveCall(
  db: Connection,
  {
    userId,
    callId,
    resolution,
    staleSeconds,
  }: { userId: string; callId: string; resolution: Resolution; staleSeconds: number },
): Promise<Resolved> {
  return callFunction(db, 'resolve_call_v1', [userId, callId, resolution, staleSeconds])
}

export type Resolution = 'retry' | 'mark_done' | 'skip'

export const finishRetry = (
  db: Connection,
  userId: string,
  { callId, status, result }: EndedCall,
): Promise<boolean> => callFunction(db, 'finish_retry_v1', [userId, callId, status, JSON.stringify(result)])

async function hold<Value>(tx: Tx, condition: SQL): Promise<Value> {
  const value = await evaluate<Value | null>(tx, condition)
  if (!value) throw new TurnLost()
  return value
}
