import { randomUUIDv7 } from 'node:crypto'
import { and, eq, gt, inArray, isNotNull, or, sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { reminders } from '../db/schema.ts'
import type { Task } from './task-view.ts'

/** Adjusts the reminders tied to a due date when the date moves or the task recurs. */

const minuteMs = 60_000

export const timeBefore = (dueDate: Date, minutes: number): Date =>
  new Date(dueDate.getTime() - minutes * minuteMs)

const tiedTo = (task: Task) =>
  and(eq(reminders.userId, task.userId), eq(reminders.taskId, task.id), isNotNull(reminders.minutesBefore))

/**
 * Moves a task's reminders with its due date, including those already delivered: whoever postpones a task wants to be
 * reminded again. Scheduled ones are cancelled when their new time has passed or the date was removed. The caller has
 * locked the task; `now` is the transaction's time.
 */
export async function moveReminders(tx: Tx, task: Task, now: Date): Promise<void> {
  const scheduled = eq(reminders.status, 'scheduled')
  const { dueDate } = task
  if (!dueDate) {
    await tx
      .update(reminders)
      .set({ status: 'cancelled' })
      .where(and(tiedTo(task), scheduled))
    return
  }
  const moved = sql`${dueDate.toISOString()}::timestamptz - make_interval(mins => ${reminders.minutesBefore})`
  const isAhead = gt(moved, sql`${now.toISOString()}::timestamptz`)
  await tx
    .update(reminders)
    .set({
      remindAt: moved,
      status: sql`case when ${isAhead} then 'scheduled' else 'cancelled' end`,
      ...{ late: false, firedAt: null, turnId: null },
    })
    .where(and(tiedTo(task), or(scheduled, and(eq(reminders.status, 'fired'), isAhead))))
}

/** Gives the next task of a recurring one the reminders of its predecessor, if their time is still to come. */
export async function inheritReminders(tx: Tx, task: Task, next: Task): Promise<void> {
  const { dueDate } = next
  if (!dueDate) return
  const inherited = await tx
    .select()
    .from(reminders)
    .where(and(tiedTo(task), inArray(reminders.status, ['scheduled', 'fired'])))
  for (const { minutesBefore: minutes, conversationId, timeZone, locale } of inherited) {
    const remindAt = timeBefore(dueDate, minutes ?? 0)
    if (remindAt.getTime() <= next.createdAt.getTime()) continue
    await tx.insert(reminders).values({
      ...{ userId: task.userId, id: randomUUIDv7(), taskId: next.id, conversationId },
      ...{ minutesBefore: minutes, remindAt, timeZone, locale },
    })
  }
  await tx
    .update(reminders)
    .set({ status: 'cancelled' })
    .where(and(tiedTo(task), eq(reminders.status, 'scheduled')))
}
