import { type Page, request, requestPage } from './request.ts'

export type Priority = 'low' | 'medium' | 'high'
export type Recurrence = 'daily' | 'weekly' | 'monthly'

/** Times are ISO 8601 in UTC. */
export interface Task {
  id: number
  title: string
  description: string | null
  completed: boolean
  priority: Priority
  tags: string[]
  due_date: string | null
  recurrence: Recurrence | null
  created_at: string
  updated_at: string
  completed_at: string | null
}

/** The writable fields of a task; null clears. */
export interface TaskFields {
  title?: string
  description?: string | null
  priority?: Priority
  tags?: string[]
  due_date?: string | null
  recurrence?: Recurrence | null
}

export interface TaskFilter {
  status: 'pending' | 'completed' | 'all'
  search: string
  sort: 'created_at' | 'due_date' | 'priority' | 'title'
  priority: Priority | ''
  due: 'overdue' | 'today' | 'upcoming' | ''
  tag: string
}

/**
 * The server's limits, so that fields can enforce them. They count code points; inputs count UTF-16 units, which are
 * never fewer.
 */
export const taskLimits = { title: 200, description: 1000, tag: 20, tags: 10 } as const

export const pageTasks = (filter: TaskFilter, timeZone: string, after?: string): Promise<Page<Task>> =>
  requestPage('/tasks', {
    query: {
      ...Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== '')),
      time_zone: timeZone,
      limit: 100,
      after,
    },
  })

export const readTask = (id: number): Promise<Task> => request(`/tasks/${id}`)

export const createTask = (fields: TaskFields): Promise<Task> =>
  request('/tasks', { method: 'POST', body: fields })

export const changeTask = (id: number, fields: TaskFields): Promise<Task> =>
  request(`/tasks/${id}`, { method: 'PUT', body: fields })

export const setTaskCompleted = (id: number, completed: boolean): Promise<Task> =>
  request(`/tasks/${id}/complete`, { method: 'PATCH', body: { completed } })

export const deleteTask = (id: number): Promise<void> => request(`/tasks/${id}`, { method: 'DELETE' })
