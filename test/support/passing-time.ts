import type { Connection, Database } from '../../server/db/database.ts'

/** Makes time pass for one user by moving their scheduled times closer. */
export const passTime = (db: Database, userId: string, minutes: number): Promise<void> =>
  db.transaction(tx => shiftTime(tx, userId, minutes))

/** The same within a transaction, so that nobody sees it before the commit. */
export async function shiftTime(tx: Connection, userId: string, minutes: number): Promise<void> {
  await tx.query(
    'update colloquy.tasks set due_date = due_date - make_interval(mins => $2::int) where user_id = $1',
    [userId, minutes],
  )
  await tx.query(
    'update colloquy.reminders set remind_at = remind_at - make_interval(mins => $2::int) where user_id = $1',
    [userId, minutes],
  )
}

export const minutesAhead = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString()
