import { type OpenAPIHono, z } from '@hono/zod-openapi'
import { type Database, withUser } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { completeTask, reopenTask, toggleTask } from '../store/task-completion.ts'
import { pageTasks } from '../store/task-list.ts'
import { usualDirections } from '../store/task-order.ts'
import { type Task, viewTask } from '../store/task-view.ts'
import { deleteTask, insertTask, requireTask, updateTask } from '../store/tasks.ts'
import { findTimeZone } from '../store/user-settings.ts'
import { type ApiEnv, createApi } from './api.ts'
import { linkTo } from './link.ts'
import { complete, create, list, read, remove, update } from './task-contract.ts'

/** The tasks of the user; the middleware has checked that token and path name the same one. */
export function taskRoutes({ db }: { db: Database }): OpenAPIHono<ApiEnv> {
  const api = createApi()

  api.openapi(list, async c => {
    const { sort = 'created_at', order, limit = 50, after, time_zone, ...conditions } = c.req.valid('query')
    const { id: userId } = c.var.user
    const query = { order: { sort, direction: order ?? usualDirections[sort] }, limit, after }
    const page = await withUser(db, userId, async tx => {
      // Only a filter by day needs the time zone.
      const timeZone = time_zone ?? (conditions.due ? await findTimeZone(tx, userId) : 'UTC')
      return pageTasks(tx, userId, { ...query, filter: { ...conditions, timeZone } })
    })
    if (page.next) c.header('Link', linkTo(c.req.url, 'next', { after: page.next }))
    return c.json(page.tasks.map(viewTask), 200)
  })

  api.openapi(create, async c => {
    const { id: userId } = c.var.user
    const fields = c.req.valid('json')
    const task = await withUser(db, userId, async tx => {
      const timeZone = fields.time_zone ?? (fields.recurrence ? await findTimeZone(tx, userId) : undefined)
      return insertTask(tx, userId, { ...fields, time_zone: timeZone })
    })
    return c.json(viewTask(task), 201)
  })

  api.openapi(read, async c => {
    const { id: userId } = c.var.user
    const task = await withUser(db, userId, tx => requireTask(tx, userId, c.req.valid('param').id))
    return c.json(viewTask(task), 200)
  })

  api.openapi(update, async c => {
    const { id: userId } = c.var.user
    const change = { id: c.req.valid('param').id, fields: c.req.valid('json') }
    const { after } = await withUser(db, userId, tx => updateTask(tx, userId, change))
    return c.json(viewTask(after), 200)
  })

  api.openapi(remove, async c => {
    const { id: userId } = c.var.user
    await withUser(db, userId, tx => deleteTask(tx, userId, c.req.valid('param').id))
    return c.body(null, 204)
  })

  api.openapi(complete, async c => {
    const { id: userId } = c.var.user
    const { id } = c.req.valid('param')
    const completed = readCompleted(await c.req.text())
    const task = await withUser(db, userId, (tx): Promise<Task> => {
      if (completed === undefined) return toggleTask(tx, userId, id)
      return completed ? completeTask(tx, userId, id).then(({ task }) => task) : reopenTask(tx, userId, id)
    })
    return c.json(viewTask(task), 200)
  })

  return api
}

const completion = z.object({ completed: z.boolean().optional() })

/** The state that the body asks for; undefined: toggle it. */
function readCompleted(text: string): boolean | undefined {
  if (text.trim() === '') return undefined
  try {
    return completion.parse(JSON.parse(text)).completed
  } catch (cause) {
    throw new AppError('invalid', 'completed: must be true or false', { cause })
  }
}
