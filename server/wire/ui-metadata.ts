import type { ContextFigure, TurnOutcome, TurnStatus, Usage } from '../turns/event.ts'

/** What a page needs beside the parts of a message: the metadata of our UI messages. */

export interface UiTurn {
  turnId: string
  conversationId: string
  userMessageId: string | null
  createdAt: string
  versions: UiVersions
}

/** Turns in the same place of the conversation. `previous` and `next` name turns to switch to. */
export interface UiVersions {
  parent: string | null
  index: number
  count: number
  previous?: string
  next?: string
}

export interface UiMetadata extends Partial<UiTurn> {
  status?: TurnStatus
  /** Its place in the conversation; pages of the history are named by it. */
  seq?: number
  messageId?: string
  usage?: Usage
  /** What the model was given for the last step; absent where none was asked. */
  context?: ContextFigure
  error?: TurnOutcome['error']
  /** What its user thinks of it; only in the history. */
  feedback?: 'positive' | 'negative'
  /** Counts how often another process had to begin a step anew, as seen by this connection. */
  attempt?: number
}

export function uiVersionsOf(turnId: string, parent: string | null, turnIds: readonly string[]): UiVersions {
  const index = Math.max(0, turnIds.indexOf(turnId))
  const [previous, next] = [turnIds[index - 1], turnIds[index + 1]]
  return {
    parent,
    index,
    count: Math.max(1, turnIds.length),
    ...(previous ? { previous } : {}),
    ...(next ? { next } : {}),
  }
}
