import { and, eq, getTableColumns, sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { taskCounters, tasks } from '../db/schema.ts'
import { AppError } from '../errors.ts'
import type { ChangedTaskFields, NewTaskFields } from './task-fields.ts'
import { anchorDayOf } from './task-recurrence.ts'
import { moveReminders } from './task-reminders.ts'
import type { Task } from './task-view.ts'
import { countTaskChange } from './user-changes.ts'

/** Condition for one task. Always names its user, although row-level security enforces that too. */
export const at = (userId: string, id: number) => and(eq(tasks.userId, userId), eq(tasks.id, id))

const notFound = (id: number) => new AppError('task_not_found', `Task ${id} was not found`)

export async function findTask(tx: Tx, userId: string, id: number): Promise<Task | undefined> {
  const [task] = await tx.select().from(tasks).where(at(userId, id))
  return task
}

export async function requireTask(tx: Tx, userId: string, id: number): Promise<Task> {
  const task = await findTask(tx, userId, id)
  if (!task) throw notFound(id)
  return task
}

/** Locks the task until the transaction ends. `now` is the transaction's time. */
export async function lockTask(tx: Tx, userId: string, id: number): Promise<{ task: Task; now: Date }> {
  const now = sql`now()`.mapWith(tasks.createdAt)
  const [row] = await tx
    .select({ ...getTableColumns(tasks), now })
    .from(tasks)
    .where(at(userId, id))
    .for('update')
  if (!row) throw notFound(id)
  const { now: time, ...task } = row
  return { task, now: time }
}

export async function insertTask(tx: Tx, userId: string, fields: NewTaskFields): Promise<Task> {
  const dueDate = fields.due_date ?? null
  const recurrence = fields.recurrence ?? null
  const timeZone = fields.time_zone ?? 'UTC'
  return insertNumbered(tx, {
    userId,
    title: fields.title,
    description: fields.description ?? null,
    priority: fields.priority ?? 'medium',
    tags: fields.tags ?? [],
    timeZone,
    ...scheduleOf({ dueDate, recurrence, timeZone }),
  })
}

/**
 * A user's tasks are numbered 1, 2, 3 …; the counter's row stays locked until the number is committed or rolled back.
 */
export async function insertNumbered(tx: Tx, task: Omit<typeof tasks.$inferInsert, 'id'>): Promise<Task> {
  const [counter] = await tx
    .insert(taskCounters)
    .values({ userId: task.userId, lastTaskId: 1 })
    .onConflictDoUpdate({
      target: taskCounters.userId,
      set: { lastTaskId: sql`${taskCounters.lastTaskId} + 1` },
    })
    .returning({ id: taskCounters.lastTaskId })
  if (!counter) throw new Error('The upsert of a counter returned nothing')
  const [inserted] = await tx
    .insert(tasks)
    .values({ ...task, id: counter.id })
    .returning()
  if (!inserted) throw new Error('The insert of a task returned nothing')
  await countTaskChange(tx, task.userId)
  return inserted
}

/** A task before and after a change. */
export interface Change {
  before: Task
  after: Task
}

export async function updateTask(
  tx: Tx,
  userId: string,
  { id, fields }: { id: number; fields: ChangedTaskFields },
): Promise<Change> {
  const { task, now } = await lockTask(tx, userId, id)
  const after = await writeTask(tx, task, { ...changesOf(task, fields), updatedAt: laterThan(task, now) })
  if (after.dueDate?.getTime() !== task.dueDate?.getTime()) await moveReminders(tx, after, now)
  return { before: task, after }
}

export async function writeTask(tx: Tx, task: Task, changes: Partial<Task>): Promise<Task> {
  const [written] = await tx.update(tasks).set(changes).where(at(task.userId, task.id)).returning()
  if (!written) throw new Error('A locked task is gone')
  await countTaskChange(tx, task.userId)
  return written
}

/** Clients see milliseconds: each change advances `updated_at` by at least one, so that it always shows. */
export const laterThan = (task: Task, now: Date): Date =>
  new Date(Math.max(now.getTime(), task.updatedAt.getTime() + 1))

export async function deleteTask(tx: Tx, userId: string, id: number): Promise<Task> {
  const [deleted] = await tx.delete(tasks).where(at(userId, id)).returning()
  if (!deleted) throw notFound(id)
  await countTaskChange(tx, userId)
  return deleted
}

function changesOf(task: Task, fields: ChangedTaskFields): Partial<Task> {
  const timeZone = fields.time_zone === undefined ? task.timeZone : (fields.time_zone ?? 'UTC')
  const dueDate = fields.due_date === undefined ? task.dueDate : fields.due_date
  const recurrence = fields.recurrence ?? (dueDate && fields.recurrence !== null ? task.recurrence : null)
  return {
    ...(fields.title !== undefined && { title: fields.title }),
    ...(fields.description !== undefined && { description: fields.description }),
    ...(fields.priority !== undefined && { priority: fields.priority ?? 'medium' }),
    ...(fields.tags !== undefined && { tags: fields.tags ?? [] }),
    timeZone,
    ...scheduleOf({ dueDate, recurrence, timeZone }, task),
  }
}

type Schedule = Pick<Task, 'dueDate' | 'recurrence' | 'timeZone'>

/** A monthly task keeps its anchor day as long as its schedule does not change. */
function scheduleOf({ dueDate, recurrence, timeZone }: Schedule, task?: Task) {
  if (recurrence && !dueDate) throw new AppError('invalid', 'recurrence: needs a due date')
  if (recurrence !== 'monthly' || !dueDate) return { dueDate, recurrence, anchorDay: null }
  const isSame =
    task?.dueDate?.getTime() === dueDate.getTime() &&
    task.recurrence === recurrence &&
    task.timeZone === timeZone
  return { dueDate, recurrence, anchorDay: isSame ? task.anchorDay : anchorDayOf(dueDate, timeZone) }
}
