import { sql } from 'drizzle-orm'
import { type Connection, callFunction, evaluate, type Tx } from '../db/database.ts'
import type { ErrorCode } from '../errors.ts'
import type { StoredUsage, TurnStatus } from '../turns/event.ts'

/** Clients that make their ids themselves: migrations/0014-external-ids.sql. */

/** What such a client calls things; undefined: it does not say. */
export interface ClientNames {
  conversation: string | undefined
  message: string | undefined
  /** The message that gets another text, or the answer that is made once more: by default the last. */
  replaces: { by: 'edit' | 'regenerate'; name: string | undefined } | undefined
}

/** One without `last_turn` has been deleted. */
export interface NamedConversation {
  id: string
  last_turn?: number
  head_turn?: string | null
  active_turn?: string | null
  awaiting_turn?: string | null
}

/** By the client's name or our id; null: never heard of. */
export const findNamed = (db: Connection, userId: string, name: string): Promise<NamedConversation | null> =>
  callFunction(db, 'find_named_v1', [userId, name])

/** What is shown of a turn beside its messages. */
export interface TurnDescription {
  id: string
  conversation_id: string
  turn_no: number
  status: TurnStatus
  parent_turn: string | null
  /** The user's message, by its client's name if it has one; null: the turn answers none. */
  user_message: string | null
  created_at: string
  usage: StoredUsage | null
  error: { code: ErrorCode; detail: string } | null
  /** All turns that ran in its place, in the order they were made; null while it waits. */
  versions: string[] | null
}

/** null: no such turn. */
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

/** What is known of a request in which a client posts all messages it shows. */
export interface FoundRun {
  conversation: NamedConversation | null
  /** The turn that the request's key has made. */
  made: string | null
  known: { name: string; turn: string; status: TurnStatus }[]
  /** The turn behind the one that the newest messages come after. */
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
