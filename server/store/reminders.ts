import { randomUUIDv7 } from 'node:crypto'
import { and, asc, count, eq, getTableColumns, isNull, type SQL, sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { reminders, tasks } from '../db/schema.ts'
import { AppError } from '../errors.ts'
import { lockCounter } from './task-completion.ts'
import { timeBefore } from './task-reminders.ts'
import type { Task } from './task-view.ts'
import { lockTask, requireTask } from './tasks.ts'

export type Reminder = typeof reminders.$inferSelect
export type ReminderStatus = Reminder['status']

/** The most scheduled reminders a user may have. */
const maxReminders = 1000
/** A year. */
export const maxMinutesBefore = 525_600
/** The default when neither a lead time nor an instant is given. */
export const usualMinutesBefore = 60

export interface NewReminder {
  taskId: number
  /** Either an instant, or a number of minutes before the task is due; the instant takes precedence. */
  remindAt: Date | undefined
  minutesBefore: number
  conversationId: string | undefined
  timeZone: string | undefined
  locale: string | undefined
}

export interface OfTask {
  reminder: Reminder
  task: Task
}

/** Schedules a reminder; an identical request returns the existing one. Throws when it could never come due. */
export async function insertReminder(tx: Tx, userId: string, wanted: NewReminder): Promise<OfTask> {
  await lockCounter(tx, userId)
  const { task, now } = await lockTask(tx, userId, wanted.taskId)
  if (task.completedAt) throw new AppError('conflict', `Task ${task.id} is completed`)
  const schedule = scheduleOf(task, wanted)
  if (schedule.remindAt.getTime() <= now.getTime()) {
    const time = schedule.remindAt.toISOString()
    throw new AppError(
      'invalid',
      `The reminder would have come at ${time}, which is over: say when to remind`,
    )
  }
  const [known] = await tx
    .select()
    .from(reminders)
    .where(and(scheduledFor(userId, task.id), eq(reminders.remindAt, schedule.remindAt)))
    .limit(1)
  if (known) return { reminder: known, task }
  await refuseTooMany(tx, userId)
  const [reminder] = await tx
    .insert(reminders)
    .values({
      ...{ userId, id: randomUUIDv7(), taskId: task.id, conversationId: wanted.conversationId ?? null },
      ...{ ...schedule, timeZone: wanted.timeZone ?? null, locale: wanted.locale ?? null },
    })
    .returning()
  if (!reminder) throw new Error('The insert of a reminder returned nothing')
  return { reminder, task }
}

function scheduleOf(task: Task, { remindAt, minutesBefore }: NewReminder) {
  if (remindAt) return { remindAt, minutesBefore: null }
  if (!task.dueDate) {
    throw new AppError('invalid', `Task ${task.id} has no due date: say when to remind`)
  }
  return { remindAt: timeBefore(task.dueDate, minutesBefore), minutesBefore }
}

/** Exact, because adding a reminder requires the lock on the user's counter. */
async function refuseTooMany(tx: Tx, userId: string): Promise<void> {
  const [row] = await tx
    .select({ scheduled: count() })
    .from(reminders)
    .where(and(eq(reminders.userId, userId), eq(reminders.status, 'scheduled')))
  if ((row?.scheduled ?? 0) < maxReminders) return
  throw new AppError('conflict', `At most ${maxReminders} reminders can be scheduled: cancel some first`)
}

const scheduledFor = (userId: string, taskId: number) =>
  and(eq(reminders.userId, userId), eq(reminders.taskId, taskId), eq(reminders.status, 'scheduled'))

/** Cancels all scheduled reminders of a task. Throws reminder_not_found when there are none. */
export async function cancelTaskReminders(tx: Tx, userId: string, taskId: number): Promise<Task> {
  const task = await requireTask(tx, userId, taskId)
  const cancelled = await tx
    .update(reminders)
    .set({ status: 'cancelled' })
    .where(scheduledFor(userId, taskId))
    .returning()
  if (cancelled.length === 0) throw new AppError('reminder_not_found', `Task ${taskId} has no reminder`)
  return task
}

/** Idempotent. Throws reminder_not_found, or conflict once the reminder has been delivered. */
export async function cancelReminder(tx: Tx, userId: string, id: string): Promise<void> {
  const one = and(eq(reminders.userId, userId), eq(reminders.id, id))
  const [found] = await tx.select({ status: reminders.status }).from(reminders).where(one).for('update')
  if (!found) throw new AppError('reminder_not_found')
  if (found.status === 'fired') throw new AppError('conflict', 'The reminder has come already')
  await tx.update(reminders).set({ status: 'cancelled' }).where(one)
}

/** Upcoming reminders, soonest first; those of completed tasks are left out. */
export const listScheduled = (tx: Tx, userId: string, limit: number): Promise<ListedReminder[]> =>
  list(tx, limit, and(ofStatus(userId, 'scheduled'), isNull(tasks.completedAt)))

export type ListedReminder = Reminder & { title: string; completedAt: Date | null }

export interface ReminderPage {
  status: ReminderStatus | undefined
  after: { remindAt: Date; id: string } | undefined
  limit: number
}

/** In order of time. Served by reminders_in_time. */
export function pageReminders(tx: Tx, userId: string, page: ReminderPage): Promise<ListedReminder[]> {
  const { status, after, limit } = page
  const place =
    after &&
    sql`(${reminders.remindAt}, ${reminders.id}) >
    (${after.remindAt.toISOString()}::timestamptz, ${after.id}::uuid)`
  return list(tx, limit, and(ofStatus(userId, status), place))
}

const ofStatus = (userId: string, status: ReminderStatus | undefined) =>
  and(eq(reminders.userId, userId), status ? eq(reminders.status, status) : undefined)

const list = (tx: Tx, limit: number, where: SQL | undefined): Promise<ListedReminder[]> =>
  tx
    .select({ ...getTableColumns(reminders), title: tasks.title, completedAt: tasks.completedAt })
    .from(reminders)
    .innerJoin(tasks, and(eq(tasks.userId, reminders.userId), eq(tasks.id, reminders.taskId)))
    .where(where)
    .orderBy(asc(reminders.remindAt), asc(reminders.id))
    .limit(limit)
