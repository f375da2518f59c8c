import type { UIMessage } from 'ai'
import { open } from './request.ts'

export type TurnStatus = 'queued' | 'running' | 'awaiting_approval' | 'completed' | 'failed' | 'cancelled'

export type FeedbackValue = 'positive' | 'negative'

/** The versions in one place of the conversation; `previous` and `next` are ids of turns. */
export interface Versions {
  index: number
  count: number
  previous?: string
  next?: string
}

/** The context of an answer. `limit` null: the model's context is unlimited. */
export interface AnswerContext {
  messages: number
  tokens: number
  limit: number | null
  summarised: boolean
}

/** The server's metadata of a message. Both messages of a turn have it; for a message just sent it is still empty. */
export interface MessageMetadata {
  turnId?: string
  conversationId?: string
  /** Null: the turn answers no message, as with a reminder. */
  userMessageId?: string | null
  /** ISO 8601 in UTC. */
  createdAt?: string
  versions?: Versions
  /** Only for answers. */
  status?: TurnStatus
  error?: { code: string; detail: string }
  feedback?: FeedbackValue
  /** Absent when no model was called. */
  context?: AnswerContext
  /** Its place in the conversation; only in messages read from the history. */
  seq?: number
}

export type Message = UIMessage<MessageMetadata>

export interface MessagePage {
  /** Oldest first. */
  messages: Message[]
  hasOlder: boolean
}

/** The newest messages of a conversation, or the newest before a place. */
export async function readMessages(conversationId: string, before?: number): Promise<MessagePage> {
  const response = await open(`/ai-sdk/${conversationId}/messages`, { query: { limit: 50, before } })
  const hasOlder = response.headers.get('link')?.includes('rel="prev"') ?? false
  return { messages: await response.json(), hasOlder }
}
