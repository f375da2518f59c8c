import { eq } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { taskCounters } from '../db/schema.ts'
import { nextDueDate } from './task-recurrence.ts'
import { inheritReminders } from './task-reminders.ts'
import type { Task } from './task-view.ts'
import { insertNumbered, laterThan, lockTask, writeTask } from './tasks.ts'

export interface Completion {
  task: Task
  /** It was already completed, and nothing was changed. */
  isAlready: boolean
  /** The task that a recurring task's completion created. */
  next: Task | undefined
}

/** Completes a task. Only the first completion of a recurring task creates its successor. */
export async function completeTask(tx: Tx, userId: string, id: number): Promise<Completion> {
  await lockCounter(tx, userId)
  const { task, now } = await lockTask(tx, userId, id)
  if (task.completedAt) return { task, isAlready: true, next: undefined }
  const next = await insertNext(tx, task)
  const completed = await writeTask(tx, task, {
    completedAt: now,
    updatedAt: laterThan(task, now),
    nextTaskId: next?.id ?? task.nextTaskId,
  })
  return { task: completed, isAlready: false, next }
}

export async function reopenTask(tx: Tx, userId: string, id: number): Promise<Task> {
  const { task, now } = await lockTask(tx, userId, id)
  if (!task.completedAt) return task
  return writeTask(tx, task, { completedAt: null, updatedAt: laterThan(task, now) })
}

export async function toggleTask(tx: Tx, userId: string, id: number): Promise<Task> {
  await lockCounter(tx, userId)
  const { task } = await lockTask(tx, userId, id)
  return task.completedAt ? reopenTask(tx, userId, id) : (await completeTask(tx, userId, id)).task
}

/** Lock order, as everywhere: the counter before the task, since a new task number may be needed later. */
export async function lockCounter(tx: Tx, userId: string): Promise<void> {
  await tx
    .select({ id: taskCounters.lastTaskId })
    .from(taskCounters)
    .where(eq(taskCounters.userId, userId))
    .for('update')
}

async function insertNext(tx: Tx, task: Task): Promise<Task | undefined> {
  const { recurrence, dueDate, nextTaskId } = task
  if (!recurrence || !dueDate || nextTaskId !== null) return undefined
  const nextDue = nextDueDate({ ...task, recurrence, dueDate })
  if (!nextDue) return undefined
  const { userId, title, description, priority, tags, anchorDay, timeZone } = task
  const next = await insertNumbered(tx, {
    ...{ userId, title, description, priority, tags },
    ...{ recurrence, anchorDay, timeZone, dueDate: nextDue },
  })
  await inheritReminders(tx, task, next)
  return next
}
