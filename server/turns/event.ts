import type { ErrorCode } from '../errors.ts'

/** The one vocabulary in which a turn is told to followers; every protocol is an encoder of it. Layer 0. */

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

/** What a client says beside a message of where its user is: data for the model. */
export type ClientContext = { description: string; value: string }

/**
 * A tool call as clients see it. `result` is null until it has one; of a denied call it is {reason} where the user gave
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
 * What the model was given for the last step of a turn: how many messages of the conversation, how many tokens with all
 * around them, and how many it may be given (null: any number). `summarised`: a summary stood for what came before.
 */
export interface ContextFigure {
  messages: number
  tokens: number
  limit: number | null
  summarised: boolean
}

/** As it is stored: the tokens, and what the last step was given. */
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
  /** Where a model was asked. */
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

/** What changes for a user beyond one turn. `conversation_id` null: one was deleted. */
export type UserEvent =
  | { type: 'conversation.updated'; conversation_id: string | null; active_turn_id: string | null }
  | { type: 'tasks.updated'; version: number }
