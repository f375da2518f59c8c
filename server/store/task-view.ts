import { z } from 'zod'
import type { tasks } from '../db/schema.ts'
import { priorities, recurrences, taskLimits } from './task-fields.ts'

export type Task = typeof tasks.$inferSelect

/** A task as clients see it. Times are ISO 8601 in UTC. */
export const taskView = z.object({
  id: z.int().min(1).max(taskLimits.id),
  title: z.string(),
  description: z.string().nullable(),
  completed: z.boolean(),
  status: z.enum(['pending', 'completed']),
  priority: z.enum(priorities),
  tags: z.array(z.string()),
  due_date: z.iso.datetime().nullable(),
  recurrence: z.enum(recurrences).nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  completed_at: z.iso.datetime().nullable(),
})

export type TaskView = z.output<typeof taskView>

export const viewTask = (task: Task): TaskView => ({
  id: task.id,
  title: task.title,
  description: task.description,
  completed: task.completedAt !== null,
  status: task.completedAt === null ? 'pending' : 'completed',
  priority: task.priority,
  tags: task.tags,
  due_date: task.dueDate?.toISOString() ?? null,
  recurrence: task.recurrence,
  created_at: task.createdAt.toISOString(),
  updated_at: task.updatedAt.toISOString(),
  completed_at: task.completedAt?.toISOString() ?? null,
})
