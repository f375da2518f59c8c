import { sql } from 'drizzle-orm'
import { type Connection, callFunction, evaluate, type Tx } from '../db/database.ts'
import type { ErrorCode } from '../errors.ts'
import type { StoredUsage, TurnStatus } from '../turns/event.ts'

/** Clients that generate their own ids: migrations/0014-external-ids.sql. */

/** The ids such a client uses; undefined: it sent none. */
export interface ClientNames {
  conversation: string | undefined
  message: string | undefined
  /** The message to edit or the answer to regenerate; by default the last. */
  replaces: { by: 'edit' | 'regenerate'; name: string | undefined } | undefined
}

/** Without `last_turn`: it has been deleted. */
export interface NamedConversation {
  id: string
  last_turn?: number
  head_turn?: string | null
  active_turn?: string | null
  awaiting_turn?: string | null
}

/** Finds a conversation by the client's id or ours; null: unknown. */
export const findNamed = (db: Connection, userId: string, name: string): Promise<NamedConversation | null> =>
  callFunction(db, 'find_named_v1', [userId, name])

/** What is shown of a turn besides its messages. */
export interface TurnDescription {
  id: string
  conversation_id: string
  turn_no: number
  status: TurnStatus
  parent_turn: string | null
  /** The user's message: the client's id for it if it has one, else ours; null: the turn answers no message. */
  user_message: string | null
  created_at: string
  usage: StoredUsage | null
  error: { code: ErrorCode; detail: string } | null
  /** All turns that ran in its place, in the order they were created; null while it is queued. */
  versions: string[] | null
}

/** Null: no such turn. */
export const describeTurn = (
  db: Connection,
  userId: string,
  turnId: string,
): Promise<TurnDescription | null> => callFunction(db, 'describe_turn_v1', [userId, turnId])

export async function describeTurns(tx: Tx, userId: string, turnIds: string[]): Promise<TurnDescription[]> {
  const ids = `{${turnIds.join(',')}}`
  const described = sql`colloquy.describe_turns_v1(${userId}, ${ids}::uuid[])`
  return (await evaluate<TurnDescription[] | null>(tx, described)) ?? []
}

/** What is known about a request in which the client posts all messages it shows. */
export interface FoundRun {
  conversation: NamedConversation | null
  /** The turn that this request's idempotency key created. */
  made: string | null
  known: { name: string; turn: string; status: TurnStatus }[]
  /** The turn that follows the one the newest messages come after. */
  next: string | null
  /** Calls that await approval. */
  asking: string[]
}

export const findRun = (
  db: Connection,
  userId: string,
  run: { conversation: string; key: string; messages: string[]; after: string | undefined },
): Promise<FoundRun> =>
  callFunction(db, 'find_run_v1', [userId, run.conversation, run.key, run.messages, run.after ?? null])
