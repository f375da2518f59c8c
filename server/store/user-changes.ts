import { type SQL, sql } from 'drizzle-orm'
import { type Connection, callFunction, type Tx } from '../db/database.ts'
import { userChanges } from '../db/schema.ts'

/** Counters and changes that a user's event streams compare: migrations/0013-reminders.sql. */

/** Must be a transaction's last statement: this row is locked after all others. */
export const countTaskChange = (tx: Tx, userId: string): Promise<void> =>
  count(tx, { userId, tasks: 1 }, { tasks: sql`${userChanges.tasks} + 1` })

export const countDeletedConversation = (tx: Tx, userId: string): Promise<void> =>
  count(
    tx,
    { userId, deletedConversations: 1 },
    { deletedConversations: sql`${userChanges.deletedConversations} + 1` },
  )

async function count(
  tx: Tx,
  first: typeof userChanges.$inferInsert,
  next: Record<string, SQL>,
): Promise<void> {
  await tx.insert(userChanges).values(first).onConflictDoUpdate({ target: userChanges.userId, set: next })
}

export interface ConversationNews {
  user_id: string
  conversation_id: string
  /** The running turn; null: none. */
  turn_id: string | null
}

export interface UserNews {
  /** The database's time of this query. */
  now: string
  counts: { user_id: string; tasks: number; deleted_conversations: number }[]
  running: (ConversationNews & { turn_id: string })[]
  changed: (ConversationNews & { updated_at: string })[]
}

/** `since` null: the current state only, without a list of changes. */
export const readUserNews = (db: Connection, userIds: string[], since: string | null): Promise<UserNews> =>
  callFunction(db, 'user_news_v1', [userIds, since])
