import { type Connection, callFunction } from '../db/database.ts'

/** Conversations that nothing has happened in for so many days: migrations/0015-erase-user.sql. */

/** Of all users, the longest idle first. */
export const listIdleConversations = (
  db: Connection,
  idleDays: number,
  limit: number,
): Promise<{ user_id: string; id: string }[]> =>
  db.query('select user_id, id from colloquy.idle_conversations_v1($1, $2)', [idleDays, limit])

/** Deletes it with all it holds; false when it is not idle any more, or somebody works on it. */
export const forgetConversation = (
  db: Connection,
  { userId, id }: { userId: string; id: string },
  idleDays: number,
): Promise<boolean> => callFunction(db, 'forget_conversation_v1', [userId, id, idleDays])
