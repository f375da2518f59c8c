import { type Task, type TaskView, viewTask } from '../store/task-view.ts'
import type { Change } from '../store/tasks.ts'
import type { JsonObject } from './tool.ts'

/** Results of the task tools. */

export function listedTask(task: Task): JsonObject {
  const { updated_at: _updated, ...listed } = viewTask(task)
  return listed
}

export function createdTask(task: Task): JsonObject {
  const { title, description, priority, tags, due_date, recurrence } = viewTask(task)
  return { task_id: task.id, status: 'created', title, description, priority, tags, due_date, recurrence }
}

export function nextTask(task: Task): JsonObject {
  const { title, due_date } = viewTask(task)
  return { task_id: task.id, title, due_date }
}

const changeable = ['title', 'description', 'priority', 'tags', 'due_date', 'recurrence'] as const

/** Only the fields that differ, before and after. */
export function updatedTask(change: Change): JsonObject {
  const [before, after] = [viewTask(change.before), viewTask(change.after)]
  const changed = changeable.filter(field => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
  const only = (task: TaskView): JsonObject => Object.fromEntries(changed.map(field => [field, task[field]]))
  return {
    task_id: after.id,
    status: 'updated',
    title: after.title,
    before: only(before),
    after: only(after),
  }
}
