import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { feedback } from '../db/schema.ts'

/** Users' ratings of answers: migrations/0016-feedback.sql. */

export type Feedback = typeof feedback.$inferSelect

export interface GivenFeedback {
  turnId: string
  value: Feedback['value']
  comment: string | null
}

/** Replaces an earlier rating of the same turn. */
export async function putFeedback(
  tx: Tx,
  userId: string,
  { turnId, value, comment }: GivenFeedback,
): Promise<Feedback> {
  const [put] = await tx
    .insert(feedback)
    .values({ userId, turnId, value, comment })
    .onConflictDoUpdate({
      target: [feedback.userId, feedback.turnId],
      set: { value, comment, createdAt: sql`excluded.created_at` },
    })
    .returning()
  if (!put) throw new Error('An insert returned no row')
  return put
}

/** Idempotent. */
export async function deleteFeedback(tx: Tx, userId: string, turnId: string): Promise<void> {
  await tx.delete(feedback).where(and(eq(feedback.userId, userId), eq(feedback.turnId, turnId)))
}

/** Keyed by turn id. */
export async function listFeedback(
  tx: Tx,
  userId: string,
  turnIds: string[],
): Promise<Map<string, Feedback>> {
  if (turnIds.length === 0) return new Map()
  const rows = await tx
    .select()
    .from(feedback)
    .where(and(eq(feedback.userId, userId), inArray(feedback.turnId, turnIds)))
  return new Map(rows.map(row => [row.turnId, row]))
}
