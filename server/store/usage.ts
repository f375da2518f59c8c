import { and, type Column, eq, gte, lt, sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { usage } from '../db/schema.ts'

/** A user's usage of one model on one day (UTC). */
export interface UsageOfDay {
  day: string
  model: string
  /** Turns that stopped on that day, answered or not. */
  turns: number
  inputTokens: number
  outputTokens: number
}

const day = sql<string>`to_char(${usage.hour} at time zone 'utc', 'YYYY-MM-DD')`
const sum = (column: Column) => sql<number>`sum(${column})::float8`

/** In order; `until` is exclusive. Served by usage_pkey. */
export const listUsage = (
  tx: Tx,
  userId: string,
  { from, until }: { from: Date; until: Date },
): Promise<UsageOfDay[]> =>
  tx
    .select({
      day,
      model: usage.model,
      turns: sum(usage.turns),
      inputTokens: sum(usage.inputTokens),
      outputTokens: sum(usage.outputTokens),
    })
    .from(usage)
    .where(and(eq(usage.userId, userId), gte(usage.hour, from), lt(usage.hour, until)))
    .groupBy(day, usage.model)
    .orderBy(day, usage.model)
