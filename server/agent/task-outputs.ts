import { z } from 'zod'
import { taskView } from '../store/task-view.ts'

/** Output schemas of the task tools, for callers that want them in advance; task-results.ts makes the results. */

const { id: task_id, title, description, priority, tags, due_date, recurrence } = taskView.shape

const done = <Status extends string>(status: Status) =>
  z.object({ task_id, status: z.literal(status), title })

export const aCreatedTask = z.object({
  ...done('created').shape,
  description,
  priority,
  tags,
  due_date,
  recurrence,
})

export const aTaskList = z.object({
  tasks: z.array(taskView.omit({ updated_at: true })),
  total: z.int().min(0).describe('All that fit, shown or not'),
})

export const aCompletedTask = z.object({
  ...done('completed').shape,
  already_completed: z.literal(true).optional(),
  next_task: z
    .object({ task_id, title, due_date })
    .optional()
    .describe('What a recurring task has made on its completion'),
})

export const aReopenedTask = done('reopened')

export const aDeletedTask = done('deleted')

const changeable = z.object({ title, description, priority, tags, due_date, recurrence }).partial()

export const anUpdatedTask = z.object({
  ...done('updated').shape,
  before: changeable.describe('Only what differs, as it was'),
  after: changeable.describe('The same as it is'),
})

export const aUser = z.object({
  user_id: z.string(),
  email: z.string().nullable(),
  name: z.string().nullable(),
})
