import { and, asc, desc, eq, gt, inArray, lt } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { messages, toolCalls, turns } from '../db/schema.ts'

export type Message = typeof messages.$inferSelect
export type ToolCallRow = typeof toolCalls.$inferSelect

export interface MessagePage {
  conversationId: string
  /** Only places before this one, the newest of them. */
  before: number | undefined
  /** Only places after this one, the oldest of them; with neither, the newest of all. */
  after: number | undefined
  limit: number
}

/** The live messages, always returned oldest first. Served by messages_live. */
export async function pageMessages(tx: Tx, userId: string, page: MessagePage): Promise<Message[]> {
  const { conversationId, before, after, limit } = page
  const rows = await tx
    .select()
    .from(messages)
    .where(
      and(
        eq(messages.userId, userId),
        eq(messages.conversationId, conversationId),
        eq(messages.live, true),
        before === undefined ? undefined : lt(messages.seq, before),
        after === undefined ? undefined : gt(messages.seq, after),
      ),
    )
    .orderBy(after === undefined ? desc(messages.seq) : asc(messages.seq))
    .limit(limit)
  return after === undefined ? rows.reverse() : rows
}

/** In the order the model made them. */
export async function listToolCalls(tx: Tx, userId: string, turnIds: string[]): Promise<ToolCallRow[]> {
  if (turnIds.length === 0) return []
  return tx
    .select()
    .from(toolCalls)
    .where(and(eq(toolCalls.userId, userId), inArray(toolCalls.turnId, turnIds)))
    .orderBy(asc(toolCalls.turnId), asc(toolCalls.step), asc(toolCalls.position))
}

/** Those of the given calls that belong to the conversation, oldest first. */
export async function listCallsOf(
  tx: Tx,
  userId: string,
  { conversationId, ids }: { conversationId: string; ids: string[] },
): Promise<{ id: string; turnId: string }[]> {
  if (ids.length === 0) return []
  return tx
    .select({ id: toolCalls.id, turnId: toolCalls.turnId })
    .from(toolCalls)
    .innerJoin(turns, and(eq(turns.userId, userId), eq(turns.id, toolCalls.turnId)))
    .where(
      and(eq(toolCalls.userId, userId), inArray(toolCalls.id, ids), eq(turns.conversationId, conversationId)),
    )
    .orderBy(asc(turns.turnNo), asc(toolCalls.step), asc(toolCalls.position))
}
