import { type Database, withUser } from '../db/database.ts'
import { AppError } from '../errors.ts'
import type { ToolCallRow } from '../store/messages.ts'
import { findListedTurn, type ListedTurn } from '../store/turn-list.ts'
import type { TurnName } from '../store/turns.ts'

/** Turns and tool calls as clients read them. */

export const viewTurn = ({ turn, message, response, calls }: ListedTurn) => ({
  id: turn.id,
  conversation_id: turn.conversationId,
  number: turn.turnNo,
  parent_turn_id: turn.parentTurn,
  live: turn.live,
  status: turn.status,
  message,
  response,
  tool_calls: calls.map(viewToolCall),
  usage: turn.usage,
  error: turn.error,
  created_at: turn.createdAt.toISOString(),
  started_at: turn.startedAt?.toISOString() ?? null,
  finished_at: turn.finishedAt?.toISOString() ?? null,
})

export const viewToolCall = (call: ToolCallRow) => ({
  id: call.id,
  name: call.name,
  arguments: call.arguments,
  result: call.result,
  status: call.status,
  executed_at: call.finishedAt?.toISOString() ?? null,
})

export async function showTurn(db: Database, { userId, turnId }: TurnName) {
  return viewTurn(await withUser(db, userId, tx => requireListedTurn(tx, userId, turnId)))
}

export async function requireListedTurn(...key: Parameters<typeof findListedTurn>): Promise<ListedTurn> {
  const found = await findListedTurn(...key)
  if (!found) throw new AppError('turn_not_found')
  return found
}
