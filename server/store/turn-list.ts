import { and, asc, eq, getTableColumns, gt, isNotNull, isNull, ne, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Tx } from '../db/database.ts'
import { feedback, messages, turns } from '../db/schema.ts'
import type { TurnStatus } from '../turns/event.ts'
import type { Feedback } from './feedback.ts'
import { listToolCalls, type ToolCallRow } from './messages.ts'

/** A turn with its message and answer. Summary turns have neither and are never listed. */
export interface ListedTurn {
  turn: Omit<typeof turns.$inferSelect, 'kind'> & { kind: 'chat' | 'reminder' }
  /** Null for a reminder's turn. */
  message: string | null
  response: string | null
  feedback: Feedback | null
  calls: ToolCallRow[]
}

const listed = { ...getTableColumns(turns), kind: sql<'chat' | 'reminder'>`${turns.kind}` }
const asked = alias(messages, 'asked')
const answered = alias(messages, 'answered')

export interface TurnPage {
  conversationId: string
  status: TurnStatus | undefined
  after: number
  limit: number
}

/** Oldest first. Served by turns_place_key, and by turns_queued for queued turns. */
export const pageTurns = (tx: Tx, userId: string, { conversationId, status, after, limit }: TurnPage) =>
  list(tx, userId, {
    where: and(
      eq(turns.conversationId, conversationId),
      gt(turns.turnNo, after),
      status ? eq(turns.status, status) : undefined,
    ),
    limit,
  })

export async function findListedTurn(
  tx: Tx,
  userId: string,
  turnId: string,
): Promise<ListedTurn | undefined> {
  const [found] = await list(tx, userId, { where: eq(turns.id, turnId), limit: 1 })
  return found
}

/** All turns that ran in this turn's place in its conversation, including itself. */
export const listVersions = (tx: Tx, userId: string, { turn }: ListedTurn) =>
  list(tx, userId, {
    where: and(
      eq(turns.conversationId, turn.conversationId),
      turn.parentTurn === null ? isNull(turns.parentTurn) : eq(turns.parentTurn, turn.parentTurn),
      isNotNull(turns.startedAt),
    ),
    limit: 1000,
  })

async function list(
  tx: Tx,
  userId: string,
  { where, limit }: { where: SQL | undefined; limit: number },
): Promise<ListedTurn[]> {
  const rows = await tx
    .select({ turn: listed, message: asked.content, response: answered.content, feedback })
    .from(turns)
    .leftJoin(asked, place(asked, userId, sql`2 * ${turns.turnNo} - 1`))
    .leftJoin(answered, place(answered, userId, sql`2 * ${turns.turnNo}`))
    .leftJoin(feedback, and(eq(feedback.userId, userId), eq(feedback.turnId, turns.id)))
    .where(and(eq(turns.userId, userId), ne(turns.kind, 'summary'), where))
    .orderBy(asc(turns.turnNo))
    .limit(limit)
  const calls = await listToolCalls(
    tx,
    userId,
    rows.map(row => row.turn.id),
  )
  return rows.map(row => ({ ...row, calls: calls.filter(call => call.turnId === row.turn.id) }))
}

const place = (message: typeof asked | typeof answered, userId: string, seq: SQL) =>
  and(eq(message.userId, userId), eq(message.conversationId, turns.conversationId), eq(message.seq, seq))
