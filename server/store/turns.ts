import { type Connection, callFunction, callShared, type Database } from '../db/database.ts'
import type { ErrorCode } from '../errors.ts'
import type { ClientContext, Json, StoredUsage, ToolCallStatus, TurnStatus } from '../turns/event.ts'
import type { StoredDelta } from './turn-deltas.ts'

/**
 * State changes of a turn: each is one SQL function, one round trip, one commit. Rules: migrations/0002–0008 and 0017.
 */

/** Fixed when a message is accepted, for every step of its turn and on every instance. */
export interface TurnContext {
  /** When it was accepted, by the database's clock: ISO 8601 in UTC. */
  now: string
  time_zone: string
  locale: string
  email?: string
  name?: string
  client_context?: ClientContext[]
  /** The complete text of a reminder's turn. */
  reminder?: string
  /** Trace of the request that brought the message, if it was traced (W3C Trace Context). */
  traceparent?: string
}

export interface StoredCall {
  id: string
  step: number
  position: number
  provider_call_id: string
  name: string
  arguments: Json
  result: Json
  status: ToolCallStatus
  effect: 'none' | 'transaction' | 'external'
  continues: string | null
  finished_at: string | null
}

/** A piece of an answer as stored: a tool call is a reference to its row. */
export type StoredPart =
  | { type: 'text' | 'reasoning'; step: number; text: string; provider?: Json }
  | { type: 'tool_call'; step: number; id: string; provider?: Json }

export interface HistoryMessage {
  seq: number
  role: 'user' | 'assistant'
  status: string | null
  content: string
  parts: StoredPart[] | null
  calls: StoredCall[] | null
}

/** A turn as its owner holds it, with what it needs to continue where the journal ends. `history`: newest first. */
export interface OwnedTurn {
  user_id: string
  id: string
  conversation_id: string
  turn_no: number
  epoch: number
  attempts: number
  context: TurnContext
  parts?: StoredPart[] | null
  usage?: StoredUsage | null
  cancel_requested: boolean
  age_ms: number
  created_at: string
  history: HistoryMessage[]
  calls?: StoredCall[] | null
}

/** The turn has another owner now, or was deleted with its conversation: the caller must not write to it any more. */
export class TurnLost extends Error {
  constructor() {
    super('The turn belongs to another instance now')
    this.name = 'TurnLost'
  }
}

/** Identifies a turn of a user. */
export interface TurnName {
  userId: string
  turnId: string
}

/** Identifies a turn together with the right to write to it: the owner and its epoch. */
export interface Fence extends TurnName {
  owner: string
  epoch: number
}

export interface JournaledCall {
  id: string
  step: number
  position: number
  provider_call_id: string
  name: string
  arguments: Json
  status: ToolCallStatus
  effect: StoredCall['effect']
  result?: Json
}

/** Journals a step that decided on tools; false when the caller no longer owns the turn. */
export function journalStep(
  db: Database,
  fence: Fence,
  step: { parts: StoredPart[]; calls: JournaledCall[]; usage: StoredUsage; model: string },
): Promise<boolean> {
  const { parts, calls, usage, model } = step
  return callShared(db, 'journal_step_v2', [...fenced(fence), json(parts), json(calls), json(usage), model])
}

export interface TurnEnd {
  conversationId: string
  status: 'completed' | 'failed' | 'cancelled' | 'awaiting_approval'
  messageId: string
  content: string
  parts: StoredPart[] | undefined
  usage: StoredUsage
  /** The model that the usage is counted for. */
  model: string
  error: Json | undefined
  /** Who runs the conversation's next turn: this instance, or undefined when it is shutting down. */
  nextOwner: string | undefined
  historyMessages: number
}

/**
 * The status is cancelled instead of awaiting_approval if a stop was requested. `calls`: all calls, if the end closed
 * any.
 */
export type Finished =
  | { finished: false }
  | ({ finished: true; message_id: string; calls: StoredCall[] | null; next: OwnedTurn | null } & Ended)
type Ended = Pick<TurnEnd, 'status'>

export function finishTurn(db: Database, fence: Fence, end: TurnEnd): Promise<Finished> {
  return callShared(db, 'finish_turn_v2', [
    fence.userId,
    end.conversationId,
    fence.turnId,
    fence.owner,
    fence.epoch,
    end.status,
    end.messageId,
    end.content,
    end.parts ? json(end.parts) : null,
    json(end.usage),
    end.error === undefined ? null : json(end.error),
    end.nextOwner ?? null,
    end.historyMessages,
    end.model,
  ])
}

/** Reads a turn that this instance has just claimed; null when it was lost again. */
export function takeUpTurn(
  db: Connection,
  turn: { userId: string; turnId: string; owner: string },
  historyMessages: number,
): Promise<OwnedTurn | null> {
  return callFunction(db, 'take_up_turn_v1', [turn.userId, turn.turnId, turn.owner, historyMessages])
}

/** A turn as read for its user, whoever owns it; null when there is none. */
export interface StoredTurn {
  user_id: string
  id: string
  conversation_id: string
  turn_no: number
  parent_turn: string | null
  live: boolean
  status: TurnStatus
  epoch: number
  progress: number
  parts: StoredPart[] | null
  usage: StoredUsage | null
  error: { code: ErrorCode; detail: string } | null
  created_at: string
  started_at: string | null
  finished_at: string | null
  calls: StoredCall[] | null
  answer: { id: string; content: string; parts: StoredPart[] | null } | null
  deltas: StoredDelta[] | null
}

export const findTurn = (db: Connection, userId: string, turnId: string): Promise<StoredTurn | null> =>
  callFunction(db, 'read_turn_v1', [userId, turnId])

export const fenced = (fence: Fence) => [fence.userId, fence.turnId, fence.owner, fence.epoch]

const json = (value: unknown) => JSON.stringify(value)
