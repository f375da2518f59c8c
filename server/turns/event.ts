import type { ErrorCode } from '../errors.ts'

/** The events that describe a turn to its followers; every protocol is an encoder of them. Layer 0. */

export type TurnStatus = 'queued' | 'running' | 'awaiting_approval' | 'completed' | 'failed' | 'cancelled'

export type ToolCallStatus =
  | 'pending'
  | 'started'
  | 'completed'
  | 'failed'
  | 'unknown'
  | 'awaiting_approval'
  | 'approved'
  | 'denied'
  | 'dropped'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Client-supplied context about where its user is, sent with a message: data for the model, not instructions. */
export type ClientContext = { description: string; value: string }

/**
 * A tool call as clients see it. `result` is null until there is one; for a denied call it is {reason} if the user gave
 * one. `executed_at` is ISO 8601 in UTC.
 */
export interface ToolCall {
  id: string
  name: string
  arguments: Json
  result: Json
  status: ToolCallStatus
  executed_at: string | null
}

export function denialReasonOf(result: Json): string | undefined {
  const isObject = typeof result === 'object' && result !== null && !Array.isArray(result)
  return isObject && typeof result.reason === 'string' ? result.reason : undefined
}

/** A piece of an answer, in order; `step` is the model call that made it, counted from 1 (0: an approved call). */
export type Part =
  | { type: 'text'; step: number; text: string }
  | { type: 'reasoning'; step: number; text: string }
  | { type: 'tool_call'; step: number; tool_call: ToolCall }

/** Tokens of all steps of a turn, as the provider counted them. */
export interface Usage {
  input_tokens: number
  output_tokens: number
}

/**
 * The context of a turn's last step: how many messages of the conversation, how many tokens in all, and the token limit
 * (null: none). `summarised`: earlier messages were replaced by a summary.
 */
export interface ContextFigure {
  messages: number
  tokens: number
  limit: number | null
  summarised: boolean
}

/** As stored: the tokens, and the context of the last step. */
export type StoredUsage = Usage & { context?: ContextFigure }

/** The end of a turn: the answer of `POST …/chat`, and the last event of its stream. */
export interface TurnOutcome {
  conversation_id: string
  turn_id: string
  message_id: string | null
  status: Exclude<TurnStatus, 'queued' | 'running'>
  response: string
  tool_calls: ToolCall[]
  usage: Usage
  /** Present when a model was called. */
  context?: ContextFigure
  created_at: string
  error?: { code: ErrorCode; detail: string }
}

interface OfTurn {
  turn_id: string
}

/** `part` is the index in the answer's list of parts. */
export type TurnEvent =
  | (OfTurn & { type: 'turn.started'; conversation_id: string })
  | (OfTurn & { type: 'turn.snapshot'; conversation_id: string; status: TurnStatus; parts: Part[] })
  | (OfTurn & { type: 'text.delta' | 'reasoning.delta'; step: number; part: number; delta: string })
  | (OfTurn & {
      type: 'tool.called' | 'tool.approval_requested' | 'tool.finished'
      step: number
      part: number
      tool_call: ToolCall
    })
  | (OfTurn & { type: 'step.finished'; step: number; usage: Usage })
  | (TurnOutcome & { type: 'turn.completed' | 'turn.failed' | 'turn.cancelled' })
  | (OfTurn & { type: 'conversation.updated'; conversation_id: string; title: string })

/** Changes that concern a user beyond one turn. `conversation_id` is null when a conversation was deleted. */
export type UserEvent =
  | { type: 'conversation.updated'; conversation_id: string | null; active_turn_id: string | null }
  | { type: 'tasks.updated'; version: number }
