import { z } from 'zod'

/** The task tools on an in-memory list, with limits on arguments as strict as the real ones. */

export interface StoredTask {
  id: number
  title: string
  description: string | null
  completed: boolean
  priority: 'low' | 'medium' | 'high'
  tags: string[]
  due_date: string | null
  recurrence: 'daily' | 'weekly' | 'monthly' | null
  created_at: string
  completed_at: string | null
}

export type Seed = string | (Partial<StoredTask> & { title: string })

const points = (limit: number) => (text: string) => Array.from(text).length <= limit
const title = z.string().refine(text => text.trim() === text && text !== '' && points(200)(text))
const description = z.string().refine(points(1000))
const tags = z.array(z.string().refine(text => text !== '' && points(20)(text))).max(10)
const id = z.int().positive().max(2_147_483_647)
const priority = z.enum(['low', 'medium', 'high'])
const recurrence = z.enum(['daily', 'weekly', 'monthly'])
const due = z.iso.datetime()

export const schemas = {
  add_task: z.strictObject({
    title,
    description: description.optional(),
    priority: priority.optional(),
    tags: tags.optional(),
    due_date: due.optional(),
    recurrence: recurrence.optional(),
  }),
  list_tasks: z.strictObject({
    status: z.enum(['all', 'pending', 'completed']).optional(),
    priority: priority.optional(),
    tag: z.string().min(1).max(20).optional(),
    search: z.string().min(1).max(200).optional(),
    due: z.enum(['overdue', 'today', 'upcoming']).optional(),
    sort: z.enum(['created_at', 'due_date', 'priority', 'title']).optional(),
    order: z.enum(['asc', 'desc']).optional(),
    limit: z.int().min(1).max(200).optional(),
  }),
  search_tasks: z.strictObject({ query: z.string().trim().min(1).max(200) }),
  complete_task: z.strictObject({ task_id: id }),
  reopen_task: z.strictObject({ task_id: id }),
  delete_task: z.strictObject({ task_id: id }),
  update_task: z
    .strictObject({
      task_id: id,
      title: title.optional(),
      description: description.nullable().optional(),
      priority: priority.nullable().optional(),
      tags: tags.nullable().optional(),
      due_date: due.or(z.literal('')).nullable().optional(),
      recurrence: recurrence.nullable().optional(),
    })
    .refine(input => Object.keys(input).length > 1),
  get_current_user: z.strictObject({}),
}

export type ToolName = keyof typeof schemas
export const toolNames = Object.keys(schemas) as ToolName[] // its keys are the names

export class TaskList {
  tasks: StoredTask[] = []
  #nextId = 1
  readonly #now: string

  constructor(seeds: Seed[], now: string) {
    this.#now = now
    for (const seed of seeds) this.#insert(typeof seed === 'string' ? { title: seed } : seed)
  }

  #insert(fields: Partial<StoredTask> & { title: string }): StoredTask {
    const task: StoredTask = {
      ...{
        id: this.#nextId,
        description: null,
        completed: false,
        priority: 'medium',
        tags: [],
        due_date: null,
      },
      ...{ recurrence: null, created_at: this.#now, completed_at: null },
      ...fields,
    }
    this.tasks.push(task)
    this.#nextId = Math.max(this.#nextId, task.id) + 1
    return task
  }

  /** Throws when the arguments violate the tool's schema, which the model must never do. */
  run(name: ToolName, input: unknown): Record<string, unknown> {
    if (name === 'add_task') return this.#add(schemas.add_task.parse(input))
    if (name === 'list_tasks') return this.#list(schemas.list_tasks.parse(input))
    if (name === 'search_tasks') return this.#list({ search: schemas.search_tasks.parse(input).query })
    if (name === 'get_current_user')
      return { user_id: 'u1', email: 'ada@example.com', name: schemas.get_current_user.parse(input) && 'Ada' }
    const { task_id } = z.looseObject({ task_id: id }).parse(input)
    const task = this.tasks.find(one => one.id === task_id)
    if (name === 'update_task') schemas.update_task.parse(input)
    else schemas[name].parse(input)
    if (!task) return { error: `Task ${task_id} was not found`, code: 'task_not_found' }
    if (name === 'update_task') return this.#update(task, schemas.update_task.parse(input))
    return this.#act(name, task)
  }

  #add(input: z.infer<typeof schemas.add_task>) {
    // The schema's optional fields are absent, never undefined, so they cannot hide the defaults.
    const task = this.#insert(input as Partial<StoredTask> & { title: string })
    const { title, priority, due_date, tags, recurrence } = task
    return { task_id: task.id, status: 'created', title, priority, due_date, tags, recurrence }
  }

  #act(name: 'complete_task' | 'reopen_task' | 'delete_task', task: StoredTask) {
    const { id: task_id, title, completed } = task
    if (name === 'delete_task') this.tasks = this.tasks.filter(one => one !== task)
    else {
      task.completed = name === 'complete_task'
      task.completed_at = task.completed ? this.#now : null
    }
    const status = { complete_task: 'completed', reopen_task: 'reopened', delete_task: 'deleted' }[name]
    return {
      task_id,
      status,
      title,
      ...(name === 'complete_task' && completed ? { already_completed: true } : {}),
    }
  }

  #update(task: StoredTask, { task_id, ...change }: z.infer<typeof schemas.update_task>) {
    const cleared: Record<string, unknown> = { tags: [], priority: 'medium' }
    const after = Object.fromEntries(
      Object.entries(change).map(([key, value]) => [
        key,
        value === '' || value === null ? (cleared[key] ?? null) : value,
      ]),
    )
    const before = Object.fromEntries(Object.keys(after).map(key => [key, task[key as keyof StoredTask]])) // keys are its own
    Object.assign(task, after)
    return { task_id, status: 'updated', title: task.title, before, after }
  }

  #list(query: z.infer<typeof schemas.list_tasks>) {
    const now = Date.parse(this.#now)
    const day = this.#now.slice(0, 10)
    const found = this.tasks.filter(
      task =>
        (!query.status || query.status === 'all' || task.completed === (query.status === 'completed')) &&
        (!query.priority || task.priority === query.priority) &&
        (!query.tag || task.tags.includes(query.tag)) &&
        (!query.search ||
          `${task.title} ${task.description ?? ''}`.toLowerCase().includes(query.search.toLowerCase())) &&
        (query.due !== 'overdue' || (!task.completed && task.due_date && Date.parse(task.due_date) < now)) &&
        (query.due !== 'today' || task.due_date?.startsWith(day)) &&
        (query.due !== 'upcoming' || (task.due_date && Date.parse(task.due_date) >= now)),
    )
    const { sort: key = 'created_at', order = key === 'created_at' ? 'desc' : 'asc' } = query
    found.sort((a, b) => String(a[key] ?? '~').localeCompare(String(b[key] ?? '~')) || a.id - b.id)
    if (order === 'desc') found.reverse()
    const page = found.slice(0, query.limit ?? 100)
    const tasks = page.map(task => ({ ...task, status: task.completed ? 'completed' : 'pending' }))
    return { tasks, total: found.length }
  }
}
