import { type Database, withUser } from '../db/database.ts'
import { AppError } from '../errors.ts'
import type { TurnDescription } from '../store/external-ids.ts'
import type { Feedback } from '../store/feedback.ts'
import type { Message, ToolCallRow } from '../store/messages.ts'
import { findListedTurn, type ListedTurn } from '../store/turn-list.ts'
import type { StoredPart, TurnName } from '../store/turns.ts'
import { usageOf } from '../turns/context-figure.ts'
import type { Part, ToolCall } from '../turns/event.ts'
import { type UiTurn, uiVersionsOf } from '../wire/ui-metadata.ts'

/** Turns and tool calls as clients see them. */

export const viewTurn = ({ turn, message, response, feedback, calls }: ListedTurn) => ({
  id: turn.id,
  conversation_id: turn.conversationId,
  number: turn.turnNo,
  kind: turn.kind,
  parent_turn_id: turn.parentTurn,
  live: turn.live,
  status: turn.status,
  message,
  response,
  tool_calls: calls.map(viewToolCall),
  feedback: feedback && viewFeedback(feedback),
  usage: turn.usage && usageOf(turn.usage).usage,
  context: turn.usage?.context ?? null,
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

export const viewFeedback = ({ value, comment, createdAt }: Feedback) => ({
  value,
  comment,
  created_at: createdAt.toISOString(),
})

export async function showTurn(db: Database, { userId, turnId }: TurnName) {
  return viewTurn(await withUser(db, userId, tx => requireListedTurn(tx, userId, turnId)))
}

export async function requireListedTurn(...key: Parameters<typeof findListedTurn>): Promise<ListedTurn> {
  const found = await findListedTurn(...key)
  if (!found) throw new AppError('turn_not_found')
  return found
}

/** The parts of a stored answer. */
export function viewParts({ parts, content, turnId }: Message, rows: ToolCallRow[]): Part[] {
  if (!parts) return content ? [{ type: 'text', step: 1, text: content }] : []
  const calls = new Map(rows.filter(row => row.turnId === turnId).map(row => [row.id, viewToolCall(row)]))
  // The columns hold what finish_turn and journal_step stored.
  return (parts as StoredPart[]).flatMap((part): Part[] => {
    if (part.type !== 'tool_call') return [{ type: part.type, step: part.step, text: part.text }]
    const call = calls.get(part.id)
    return call ? [{ type: 'tool_call', step: part.step, tool_call: call as ToolCall }] : []
  })
}

/** What front ends that show versions need to know about a turn, besides its answer. */
export const uiTurnOf = ({ id, parent_turn, ...turn }: TurnDescription): UiTurn => ({
  turnId: id,
  conversationId: turn.conversation_id,
  userMessageId: turn.user_message,
  createdAt: new Date(turn.created_at).toISOString(),
  versions: uiVersionsOf(id, parent_turn, turn.versions ?? []),
})
