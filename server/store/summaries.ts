import { type Connection, callFunction } from '../db/database.ts'
import type { Json, Usage } from '../turns/event.ts'
import { type Fence, fenced, type HistoryMessage, type OwnedTurn, type TurnContext } from './turns.ts'

/** Summaries of what a model is no longer given, and the turns that make them: migrations/0019-summaries.sql. */

export interface Summary {
  /** The last place it speaks of. */
  covers_until: number
  content: string
}

/** The summary of what is read now that reaches farthest. */
export const findSummary = (
  db: Connection,
  userId: string,
  conversationId: string,
): Promise<Summary | null> => callFunction(db, 'find_summary_v1', [userId, conversationId])

/** A message that has fallen out, with the turn it is of. */
export type FallenMessage = HistoryMessage & { turn_id: string }

/** A summary's turn in the hands of its owner: what it goes on from, and what it takes in, oldest first. */
export interface SummaryTurn
  extends Pick<
    OwnedTurn,
    'user_id' | 'id' | 'conversation_id' | 'epoch' | 'attempts' | 'context' | 'cancel_requested' | 'age_ms'
  > {
  /** The last place it was begun for. */
  until: number
  previous: Summary | null
  messages: FallenMessage[]
}

export interface SummaryStart {
  userId: string
  conversationId: string
  turnId: string
  owner: string
  context: TurnContext
  until: number
  /** With fewer messages to take in none is begun. */
  least: number
}

/** More than a model takes at once goes into the next. */
const messagesAtOnce = 400

/** null: one is under way, has failed a moment ago, or is not worth it yet. */
export const startSummary = (db: Connection, s: SummaryStart): Promise<SummaryTurn | null> =>
  callFunction(db, 'start_summary_v1', [
    s.userId,
    s.conversationId,
    s.turnId,
    s.owner,
    JSON.stringify(s.context),
    s.until,
    s.least,
    messagesAtOnce,
  ])

/** Reads one that this instance has just claimed; null when it has lost it again. */
export const takeUpSummary = (
  db: Connection,
  turn: { userId: string; turnId: string; owner: string },
): Promise<SummaryTurn | null> =>
  callFunction(db, 'take_up_summary_v1', [turn.userId, turn.turnId, turn.owner, messagesAtOnce])

export interface SummaryEnd {
  status: 'completed' | 'failed' | 'cancelled'
  summary?: Summary & { last_turn: string }
  model: string
  usage: Usage
  error?: Json
}

/** False when the turn is no longer the caller's. */
export function finishSummary(
  db: Connection,
  fence: Fence,
  end: SummaryEnd & { conversationId: string },
): Promise<boolean> {
  const [userId, ...turn] = fenced(fence)
  const { summary, error } = end
  const made = [summary?.content ?? null, summary?.covers_until ?? null, summary?.last_turn ?? null]
  return callFunction(db, 'finish_summary_v1', [
    ...[userId, end.conversationId, ...turn, end.status, ...made, end.model],
    JSON.stringify(end.usage),
    error === undefined ? null : JSON.stringify(error),
  ])
}
