/** A task as the tools tell it, read defensively: another model, an older version or a fault may have written it. */
export type Priority = 'low' | 'medium' | 'high'
export type Recurrence = 'daily' | 'weekly' | 'monthly'

export interface Task {
  id: number
  title: string
  description?: string
  completed: boolean
  priority?: Priority
  tags: string[]
  dueAt?: string
  recurrence?: Recurrence
  createdAt?: string
  completedAt?: string
}

export type Fields = Record<string, unknown>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const priorities: readonly string[] = ['low', 'medium', 'high']
const recurrences: readonly string[] = ['daily', 'weekly', 'monthly']

const isPriority = (value: unknown): value is Priority => priorities.includes(String(value))
const isRecurrence = (value: unknown): value is Recurrence => recurrences.includes(String(value))

/** Task numbers are positive 32-bit integers; the tools refuse anything else. */
export const isTaskId = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) > 0 && Number(value) <= 2_147_483_647

const isTime = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(value)

export function readTask(value: unknown): Task | undefined {
  if (!isFields(value)) return undefined
  const id = value.id ?? value.task_id
  if (!isTaskId(id) || typeof value.title !== 'string' || value.title.trim() === '') return undefined
  const task: Task = {
    id,
    title: value.title.trim(),
    completed: value.completed === true || value.status === 'completed',
    tags: Array.isArray(value.tags) ? value.tags.filter(tag => typeof tag === 'string') : [],
  }
  if (typeof value.description === 'string' && value.description !== '') task.description = value.description
  if (isPriority(value.priority)) task.priority = value.priority
  if (isTime(value.due_date)) task.dueAt = value.due_date
  if (isRecurrence(value.recurrence)) task.recurrence = value.recurrence
  if (isTime(value.created_at)) task.createdAt = value.created_at
  if (isTime(value.completed_at)) task.completedAt = value.completed_at
  return task
}

interface Rows {
  tasks: Task[]
  total: number
}

// The same result is read by all that look at its turn; it never changes.
const known = new WeakMap<object, Rows>()

/** The rows of `list_tasks` and `search_tasks`; `total` may be more than were given. */
export function readTasks(value: unknown): Rows {
  if (!isFields(value)) return { tasks: [], total: 0 }
  const kept = known.get(value)
  if (kept) return kept
  const rows = Array.isArray(value.tasks) ? value.tasks : []
  const tasks = rows.map(readTask).filter(task => task !== undefined)
  const total = Number.isInteger(value.total) ? Number(value.total) : tasks.length
  const read = { tasks, total: Math.max(total, tasks.length) }
  known.set(value, read)
  return read
}
