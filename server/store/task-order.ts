import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { tasks } from '../db/schema.ts'
import { AppError } from '../errors.ts'
import { storableText } from '../wire/text.ts'

/**
 * The orders of a task list. In each, a task has a sort key that is never null, and its number breaks ties: key and
 * number are a stable place in the list, whatever is added or removed around it.
 */
export const sorts = ['created_at', 'due_date', 'priority', 'title'] as const
export const directions = ['asc', 'desc'] as const

export interface Order {
  sort: (typeof sorts)[number]
  direction: (typeof directions)[number]
}

/** Newest first, soonest due first, high before low, A before Z. */
export const usualDirections = {
  created_at: 'desc',
  due_date: 'asc',
  priority: 'desc',
  title: 'asc',
} as const

const greatest = 9_223_372_036_854_775_807n
const microseconds = (column: typeof tasks.createdAt | typeof tasks.dueDate) =>
  sql`(extract(epoch from ${column}) * 1000000)::bigint`

/** Tasks without a due date come last in both directions. */
export function keyOf({ sort, direction }: Order): SQL {
  if (sort === 'title') return sql`lower(${tasks.title})`
  if (sort === 'priority')
    return sql`case ${tasks.priority} when 'high' then 3 when 'medium' then 2 else 1 end`
  if (sort === 'created_at') return microseconds(tasks.createdAt)
  const last = sql.raw(`${direction === 'asc' ? greatest : -greatest}`)
  return sql`coalesce(${microseconds(tasks.dueDate)}, ${last})`
}

export function orderBy(order: Order): SQL {
  const direction = sql.raw(order.direction)
  return sql`${keyOf(order)} ${direction}, ${tasks.id} ${direction}`
}

/** The task after which a page begins. */
export interface Place {
  key: string
  id: number
}

export function isAfter(order: Order, { key, id }: Place): SQL {
  const comparison = sql.raw(order.direction === 'asc' ? '>' : '<')
  const type = sql.raw(order.sort === 'title' ? 'text' : 'bigint')
  return sql`(${keyOf(order)}, ${tasks.id}) ${comparison} (${key}::${type}, ${id}::int)`
}

const isBigint = (text: string) =>
  /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)
const cursor = z.tuple([z.enum(sorts), z.enum(directions), storableText(), z.int32()])

export const writeCursor = ({ sort, direction }: Order, { key, id }: Place): string =>
  Buffer.from(JSON.stringify([sort, direction, key, id])).toString('base64url')

export function readCursor(text: string, order: Order): Place {
  const [sort, direction, key, id] = cursorOf(text)
  const isOfOrder = sort === order.sort && direction === order.direction
  if (isOfOrder && (sort === 'title' || isBigint(key))) return { key, id }
  throw new AppError('invalid', 'after: belongs to a list in another order')
}

function cursorOf(text: string): z.output<typeof cursor> {
  try {
    return cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')))
  } catch (cause) {
    throw new AppError('invalid', 'after: is not from the link of an earlier page', { cause })
  }
}
