import { type Connection, callFunction } from '../db/database.ts'
import type { TurnContext } from './turns.ts'

/** Reminders that have come due: migrations/0013-reminders.sql. */

/** Of all users, the longest waiting first. */
export const listDueReminders = (db: Connection, limit: number): Promise<{ user_id: string; id: string }[]> =>
  db.query('select user_id, id from colloquy.due_reminders_v1($1)', [limit])

/** What a due reminder is about. Times as the database writes them; `late`: nobody was there to tell it in time. */
export interface DueReminder {
  task_id: number
  title: string
  due_date: string | null
  remind_at: string
  now: string
  late: boolean
  time_zone: string
  locale: string
  /** How the task was, to be given back unread. */
  seen: string
}

/** null: it is not due any more. */
export const findDueReminder = (
  db: Connection,
  { userId, id }: ReminderName,
  lateSeconds: number,
): Promise<DueReminder | null> => callFunction(db, 'due_reminder_v1', [userId, id, lateSeconds])

export interface ReminderName {
  userId: string
  id: string
}

/** `changed`: its words were of another task than there is now. */
export type Fired =
  | { outcome: 'told' | 'queued'; conversation_id: string; turn_id: string }
  | { outcome: 'cancelled' | 'moved' | 'changed' | 'gone' }

export const fireReminder = (
  db: Connection,
  { userId, id }: ReminderName,
  told: { seen: string; late: boolean; context: TurnContext; turnId: string },
): Promise<Fired> =>
  callFunction(db, 'fire_reminder_v1', [
    userId,
    id,
    told.seen,
    told.late,
    JSON.stringify(told.context),
    told.turnId,
  ])
