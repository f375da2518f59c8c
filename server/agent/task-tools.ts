import type { Tx } from '../db/database.ts'
import { completeTask, reopenTask } from '../store/task-completion.ts'
import type { TaskFilter } from '../store/task-filter.ts'
import { countTasks, pageTasks } from '../store/task-list.ts'
import { type Order, usualDirections } from '../store/task-order.ts'
import { deleteTask, insertTask, requireTask, updateTask } from '../store/tasks.ts'
import { toolDescriptions } from './instructions.ts'
import { reminderTools } from './reminder-tools.ts'
import { aChange, aList, aNewTask, aSearch, aTask, noArguments, userOf, zoneOf } from './task-arguments.ts'
import {
  aCompletedTask,
  aCreatedTask,
  aDeletedTask,
  anUpdatedTask,
  aReopenedTask,
  aTaskList,
  aUser,
} from './task-outputs.ts'
import { createdTask, listedTask, nextTask, updatedTask } from './task-results.ts'
import { defineTool, type Hints, type JsonObject, type Tool } from './tool.ts'
import { confirmsItself } from './verdict.ts'

const reading: Hints = { readOnly: true, destructive: false, idempotent: true }

const addTask = defineTool({
  name: 'add_task',
  description: toolDescriptions.add_task,
  input: aNewTask,
  output: aCreatedTask,
  hints: { destructive: false },
  effect: 'transaction',
  async run(args, context) {
    const { user_id: _user, ...fields } = args
    const userId = userOf(args, context)
    return createdTask(await insertTask(context.tx, userId, { ...fields, time_zone: zoneOf(context) }))
  },
})

const listTasks = defineTool({
  name: 'list_tasks',
  description: toolDescriptions.list_tasks,
  input: aList,
  output: aTaskList,
  hints: reading,
  effect: 'transaction',
  async run(args, context) {
    const { user_id: _user, sort = 'created_at', order, limit, ...conditions } = args
    const filter = { ...conditions, timeZone: zoneOf(context) }
    const query = { filter, order: { sort, direction: order ?? usualDirections[sort] }, limit }
    return listed(context.tx, userOf(args, context), query)
  },
})

const searchTasks = defineTool({
  name: 'search_tasks',
  description: toolDescriptions.search_tasks,
  input: aSearch,
  output: aTaskList,
  hints: reading,
  effect: 'transaction',
  run(args, context) {
    const filter = { search: args.query, status: args.status, timeZone: zoneOf(context) }
    const order: Order = { sort: 'created_at', direction: 'desc' }
    return listed(context.tx, userOf(args, context), { filter, order, limit: args.limit })
  },
})

interface Listing {
  filter: TaskFilter
  order: Order
  limit: number | undefined
}

async function listed(tx: Tx, userId: string, { filter, order, limit = 100 }: Listing): Promise<JsonObject> {
  const { tasks, next } = await pageTasks(tx, userId, { filter, order, limit, after: undefined })
  const total = next === undefined ? tasks.length : await countTasks(tx, userId, filter)
  return { tasks: tasks.map(listedTask), total }
}

const completeTaskTool = defineTool({
  name: 'complete_task',
  description: toolDescriptions.complete_task,
  input: aTask,
  output: aCompletedTask,
  hints: { destructive: false, idempotent: true },
  effect: 'transaction',
  async run(args, context) {
    const { task, isAlready, next } = await completeTask(context.tx, userOf(args, context), args.task_id)
    return {
      task_id: task.id,
      status: 'completed',
      title: task.title,
      ...(isAlready && { already_completed: true }),
      ...(next && { next_task: nextTask(next) }),
    }
  },
})

const reopenTaskTool = defineTool({
  name: 'reopen_task',
  description: toolDescriptions.reopen_task,
  input: aTask,
  output: aReopenedTask,
  hints: { destructive: false, idempotent: true },
  effect: 'transaction',
  async run(args, context) {
    const task = await reopenTask(context.tx, userOf(args, context), args.task_id)
    return { task_id: task.id, status: 'reopened', title: task.title }
  },
})

const updateTaskTool = defineTool({
  name: 'update_task',
  description: toolDescriptions.update_task,
  input: aChange,
  output: anUpdatedTask,
  hints: { idempotent: true },
  effect: 'transaction',
  async run(args, context) {
    const { user_id: _user, task_id: id, ...fields } = args
    const isScheduled = Boolean(fields.due_date || fields.recurrence)
    const zone = isScheduled ? { time_zone: zoneOf(context) } : {}
    return updatedTask(
      await updateTask(context.tx, userOf(args, context), { id, fields: { ...fields, ...zone } }),
    )
  },
})

const deleteTaskTool = defineTool({
  name: 'delete_task',
  description: toolDescriptions.delete_task,
  input: aTask,
  output: aDeletedTask,
  hints: { idempotent: true },
  effect: 'transaction',
  approval: (args, { message }) => !confirmsItself(message, args.task_id),
  async question(args, context) {
    const task = await requireTask(context.tx, userOf(args, context), args.task_id)
    return `Delete task ${task.id}, “${task.title}”? Please answer yes or no.`
  },
  async run(args, context) {
    const task = await deleteTask(context.tx, userOf(args, context), args.task_id)
    return { task_id: task.id, status: 'deleted', title: task.title }
  },
})

const getCurrentUser = defineTool({
  name: 'get_current_user',
  description: toolDescriptions.get_current_user,
  input: noArguments,
  output: aUser,
  hints: reading,
  effect: 'none',
  async run(args, context) {
    const { email = null, name = null } = context.user
    return { user_id: userOf(args, context), email, name }
  },
})

/** The task assistant's tools. All that use the database are transactions, including those that only read. */
export const taskTools: Tool[] = [
  addTask,
  listTasks,
  searchTasks,
  completeTaskTool,
  reopenTaskTool,
  updateTaskTool,
  deleteTaskTool,
  ...reminderTools,
  getCurrentUser,
]
