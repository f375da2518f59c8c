import { type Connection, callFunction } from '../db/database.ts'
import type { TurnContext } from './turns.ts'

/** Reminders that have come due: migrations/0013-reminders.sql. */

/** Across all users, longest overdue first. */
export const listDueReminders = (db: Connection, limit: number): Promise<{ user_id: string; id: string }[]> =>
  db.query('select user_id, id from colloquy.due_reminders_v1($1)', [limit])

/** A due reminder and its task. Times as the database writes them; `late`: no instance was running when it came due. */
export interface DueReminder {
  task_id: number
  title: string
  due_date: string | null
  remind_at: string
  now: string
  late: boolean
  time_zone: string
  locale: string
  /** Opaque state of the task as read, to be passed back unchanged. */
  seen: string
}

/** Null: no longer due. */
export const findDueReminder = (
  db: Connection,
  { userId, id }: ReminderName,
  lateSeconds: number,
): Promise<DueReminder | null> => callFunction(db, 'due_reminder_v1', [userId, id, lateSeconds])

export interface ReminderName {
  userId: string
  id: string
}

/** `changed`: the task has changed since its reminder's text was made. */
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
