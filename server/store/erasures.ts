import { type Connection, callFunction } from '../db/database.ts'

/** Erasure of users: migrations/0015-erase-user.sql. */

/** Once this commits, nothing is read or written as this user. Idempotent. */
export const beginErasure = (db: Connection, userId: string): Promise<void> =>
  callFunction(db, 'begin_erasure_v1', [userId])

/** Removes up to `limit` rows and returns how many; 0: nothing is left and the erasure is finished. */
export const eraseBatch = (db: Connection, userId: string, limit: number): Promise<number> =>
  callFunction(db, 'erase_batch_v1', [userId, limit])

/** Erasures begun but not finished, oldest first. */
export async function listUnfinishedErasures(db: Connection, limit: number): Promise<string[]> {
  const rows = await db.query<{ user_id: string }>(
    'select user_id from colloquy.unfinished_erasures_v1($1)',
    [limit],
  )
  return rows.map(row => row.user_id)
}
