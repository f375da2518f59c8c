import { type Connection, callFunction } from '../db/database.ts'
import type { Json, Usage } from '../turns/event.ts'
import { type Fence, fenced, type HistoryMessage, type OwnedTurn, type TurnContext } from './turns.ts'

/** Summaries of messages beyond the context window, and the turns that write them: migrations/0019-summaries.sql. */

export interface Summary {
  /** The last place (`seq`) that it covers. */
  covers_until: number
  content: string
}

/** The summary of the version being read that reaches farthest. */
export const findSummary = (
  db: Connection,
  userId: string,
  conversationId: string,
): Promise<Summary | null> => callFunction(db, 'find_summary_v1', [userId, conversationId])

/** A message beyond the window, with the id of its turn. */
export type FallenMessage = HistoryMessage & { turn_id: string }

/** A summary turn as its owner holds it: the previous summary, and the messages to take in, oldest first. */
export interface SummaryTurn
  extends Pick<
    OwnedTurn,
    'user_id' | 'id' | 'conversation_id' | 'epoch' | 'attempts' | 'context' | 'cancel_requested' | 'age_ms'
  > {
  /** The last place it was started to cover. */
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
  /** With fewer messages than this, no summary is started. */
  least: number
}

/** The most messages given to one summary; the rest go into the next. */
const messagesAtOnce = 400

/** Null: a summary is under way, failed a moment ago, or is not worthwhile yet. */
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

/** Reads a summary turn that this instance has just claimed; null when it was lost again. */
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

/** False when the caller no longer owns the turn. */
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
