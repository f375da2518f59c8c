import { type Connection, callFunction, callShared, type Database } from '../db/database.ts'
import type { ErrorCode } from '../errors.ts'
import type { ClientContext, Json, StoredUsage, ToolCallStatus, TurnStatus } from '../turns/event.ts'
import type { StoredDelta } from './turn-deltas.ts'

/** The turn's state changes: each one SQL function, one round trip, one commit. Their rules: migrations/0002–0008, and 0017. */

/** What is fixed when a message is accepted and holds for every step of its turn, on every instance. */
export interface TurnContext {
  /** When it was accepted, by the database's clock: ISO 8601 in UTC. */
  now: string
  time_zone: string
  locale: string
  email?: string
  name?: string
  client_context?: ClientContext[]
  /** All that the turn of a reminder says. */
  reminder?: string
  /** The request that brought the message, where it was traced (W3C Trace Context). */
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

/** A piece of an answer as it is stored: a tool call is a reference, its row has the rest. */
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

/** A turn in the hands of its owner, with what it needs to go on from where the journal ends. `history`: newest first. */
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

/** The turn has another owner now, or is gone with its conversation: whoever gets this may write nothing more. */
export class TurnLost extends Error {
  constructor() {
    super('The turn belongs to another instance now')
    this.name = 'TurnLost'
  }
}

/** Names a turn of a user's. */
export interface TurnName {
  userId: string
  turnId: string
}

/** Names a turn together with the right to write to it. */
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

/** Writes down a step that decided on tools; false when the turn is no longer the caller's. */
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
  /** Which model it is counted for. */
  model: string
  error: Json | undefined
  /** Who runs the conversation's next turn: this instance, or undefined when it is going. */
  nextOwner: string | undefined
  historyMessages: number
}

/** Cancelled instead of a question where a stop was asked for; `calls`: all, when the end closed some not carried out. */
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

/** Reads a turn that this instance has just claimed; null when it has lost it again. */
export function takeUpTurn(
  db: Connection,
  turn: { userId: string; turnId: string; owner: string },
  historyMessages: number,
): Promise<OwnedTurn | null> {
  return callFunction(db, 'take_up_turn_v1', [turn.userId, turn.turnId, turn.owner, historyMessages])
}

/** A turn as anyone of its user's may look at it; null when there is none. */
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
