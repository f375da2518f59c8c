import type { Query } from './goal.ts'
import type { Task } from './task.ts'

/** The part of a query that `list_tasks` understands; a span of days is looked at afterwards. */
export function listArguments(query: Query): Record<string, unknown> {
  const { status, priority, tag, search, due, sort, order, limit, span } = query
  const given = { priority, tag, search, due, sort, order, limit: span ? undefined : limit }
  const wanted = span?.at === 'dueAt' ? 'pending' : due ? undefined : 'all'
  return Object.fromEntries(
    Object.entries({ status: status && !(due && status === 'all') ? status : wanted, ...given }).filter(
      ([, value]) => value !== undefined,
    ),
  )
}

export const inSpan = (span: NonNullable<Query['span']>) => (task: Task) => {
  const at = Date.parse(task[span.at] ?? '')
  return at >= Date.parse(span.from) && at < Date.parse(span.to)
}
