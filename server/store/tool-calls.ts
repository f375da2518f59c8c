import { type SQL, sql } from 'drizzle-orm'
import { type Connection, callFunction, evaluate, type Tx } from '../db/database.ts'
import type { Json } from '../turns/event.ts'
import { type Fence, fenced, type OwnedTurn, type TurnContext, TurnLost } from './turns.ts'

/** A tool call's life under the fence: migrations/0005-carry-out-call.sql. */

/** Marks a call as begun; false when the turn is no longer the caller's, or the call has been carried out. */
export const beginCall = (db: Connection, fence: Fence, callId: string): Promise<boolean> =>
  callFunction(db, 'begin_call_v1', [...fenced(fence), callId])

export interface CallOutcome {
  status: 'completed' | 'failed' | 'unknown'
  result: Json
}

export interface EndedCall extends CallOutcome {
  callId: string
}

/** Returns when it ended, by the database's clock; null as beginCall returns false. */
export const finishCall = (
  db: Connection,
  fence: Fence,
  { callId, status, result }: EndedCall,
): Promise<string | null> =>
  callFunction(db, 'finish_call_v1', [...fenced(fence), callId, status, JSON.stringify(result)])

/** Inside a tool's own transaction: locks the turn until it commits. Throws when the fence does not hold. */
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
  /** Why it is denied, in the user's words. */
  reason?: string | undefined
}

/**
 * A user's verdict on a call that awaits approval (migrations/0020-denial-reasons.sql); `turn` when it was the last and
 * the turn goes on as `owner`'s.
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

/** A user's word on an external call whose outcome is unknown: migrations/0011-resolve-call.sql. */
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
