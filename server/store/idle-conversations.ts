import { type Connection, callFunction } from '../db/database.ts'

/** Conversations without activity for a number of days: migrations/0015-erase-user.sql. */

/** Across all users, longest idle first. */
export const listIdleConversations = (
  db: Connection,
  idleDays: number,
  limit: number,
): Promise<{ user_id: string; id: string }[]> =>
  db.query('select user_id, id from colloquy.idle_conversations_v1($1, $2)', [idleDays, limit])

/** Deletes a conversation and its contents; false when it is no longer idle or is being worked on. */
export const forgetConversation = (
  db: Connection,
  { userId, id }: { userId: string; id: string },
  idleDays: number,
): Promise<boolean> => callFunction(db, 'forget_conversation_v1', [userId, id, idleDays])
