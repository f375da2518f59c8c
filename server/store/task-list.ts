import { and, count, getTableColumns, sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { tasks } from '../db/schema.ts'
import { conditionOf, type TaskFilter } from './task-filter.ts'
import { isAfter, keyOf, type Order, orderBy, readCursor, writeCursor } from './task-order.ts'
import type { Task } from './task-view.ts'

export interface TaskPage {
  tasks: Task[]
  /** Where the next page begins; undefined on the last. */
  next: string | undefined
}

export interface TaskPageQuery {
  filter: TaskFilter
  order: Order
  limit: number
  after: string | undefined
}

/** Keyset pagination: tasks added or deleted between two pages neither repeat nor hide other tasks. */
export async function pageTasks(tx: Tx, userId: string, query: TaskPageQuery): Promise<TaskPage> {
  const { filter, order, limit, after } = query
  const place = after === undefined ? undefined : readCursor(after, order)
  const rows = await tx
    .select({ ...getTableColumns(tasks), key: sql<string>`${keyOf(order)}::text` })
    .from(tasks)
    .where(and(await conditionOf(tx, userId, filter), place && isAfter(order, place)))
    .orderBy(orderBy(order))
    .limit(limit + 1)
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    tasks: rows.slice(0, limit).map(({ key: _key, ...task }) => task),
    next: last && writeCursor(order, last),
  }
}

export async function countTasks(tx: Tx, userId: string, filter: TaskFilter): Promise<number> {
  const [row] = await tx
    .select({ total: count() })
    .from(tasks)
    .where(await conditionOf(tx, userId, filter))
  return row?.total ?? 0
}
