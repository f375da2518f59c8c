import type { ContextFigure, TurnOutcome, TurnStatus, Usage } from '../turns/event.ts'

/** Metadata of our UI messages: what a page needs besides their parts. */

export interface UiTurn {
  turnId: string
  conversationId: string
  userMessageId: string | null
  createdAt: string
  versions: UiVersions
}

/** The versions in one place of the conversation. `previous` and `next` are ids of turns to switch to. */
export interface UiVersions {
  parent: string | null
  index: number
  count: number
  previous?: string
  next?: string
}

export interface UiMetadata extends Partial<UiTurn> {
  status?: TurnStatus
  /** Its place in the conversation, which is also the cursor for pages of the history. */
  seq?: number
  messageId?: string
  usage?: Usage
  /** The context of the last step; absent when no model was called. */
  context?: ContextFigure
  error?: TurnOutcome['error']
  /** The user's rating; only in the history. */
  feedback?: 'positive' | 'negative'
  /** The attempt number of a step that another process had to start again, as seen by this connection. */
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
