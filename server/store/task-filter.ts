import { and, eq, gte, isNotNull, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { containing } from '../db/containing.ts'
import { evaluate, type Tx } from '../db/database.ts'
import { tasks } from '../db/schema.ts'
import { dayAround } from '../wall-clock.ts'
import { textOf } from '../wire/text.ts'
import { priorities, taskLimits, wordOf } from './task-fields.ts'

/** An optional field; null or blank counts as omitted. */
export const optionally = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess(given => (isNothing(given) ? undefined : given), schema.optional()).optional()

const isNothing = (given: unknown) => given === null || (typeof given === 'string' && given.trim() === '')

/** Which tasks a list contains; all conditions must hold. */
export const taskFilterFields = {
  status: optionally(wordOf(['all', 'pending', 'completed'])).describe('All when not given'),
  priority: optionally(wordOf(priorities)).describe('Of any priority when not given'),
  tag: optionally(textOf(1, taskLimits.tag)).describe('A whole tag, in any case'),
  search: optionally(textOf(1, taskLimits.title)).describe(
    'A part of the title or the description, in any case',
  ),
  due: optionally(wordOf(['overdue', 'today', 'upcoming'])).describe(
    'overdue: was due before now and is not completed; today: is due on the current day; upcoming: is due on a later day',
  ),
}

const taskFilter = z.object(taskFilterFields)

/** `timeZone` determines when today begins and ends. */
export type TaskFilter = z.output<typeof taskFilter> & { timeZone: string }

export async function conditionOf(tx: Tx, userId: string, filter: TaskFilter): Promise<SQL | undefined> {
  const { status, priority, tag, search } = filter
  return and(
    eq(tasks.userId, userId),
    status === 'pending' ? isNull(tasks.completedAt) : undefined,
    status === 'completed' ? isNotNull(tasks.completedAt) : undefined,
    priority ? eq(tasks.priority, priority) : undefined,
    tag ? tagged(tag) : undefined,
    search ? mentioning(search) : undefined,
    await dueCondition(tx, filter),
  )
}

const tagged = (tag: string) =>
  sql`exists (select from unnest(${tasks.tags}) as tag where lower(tag) = lower(${tag}))`

function mentioning(text: string): SQL | undefined {
  const pattern = containing(text)
  return or(sql`${tasks.title} ilike ${pattern}`, sql`${tasks.description} ilike ${pattern}`)
}

async function dueCondition(tx: Tx, { due, timeZone }: TaskFilter): Promise<SQL | undefined> {
  if (!due) return undefined
  if (due === 'overdue') return and(isNull(tasks.completedAt), sql`${tasks.dueDate} < now()`)
  const now = await evaluate<number>(tx, sql`(extract(epoch from now()) * 1000)::float8`)
  const today = dayAround(new Date(now), timeZone)
  if (due === 'upcoming') return gte(tasks.dueDate, today.end)
  return and(gte(tasks.dueDate, today.start), lt(tasks.dueDate, today.end))
}
