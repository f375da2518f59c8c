import type { UIMessage } from 'ai'
import { open } from './request.ts'

export type TurnStatus = 'queued' | 'running' | 'awaiting_approval' | 'completed' | 'failed' | 'cancelled'

export type FeedbackValue = 'positive' | 'negative'

/** Turns in the same place of the conversation; `previous` and `next` name turns. */
export interface Versions {
  index: number
  count: number
  previous?: string
  next?: string
}

/** What the model was given for an answer. `limit` null: it reads any number of tokens. */
export interface AnswerContext {
  messages: number
  tokens: number
  limit: number | null
  summarised: boolean
}

/** What the server says beside a message. Both messages of a turn have it; of a message just sent nothing is known yet. */
export interface MessageMetadata {
  turnId?: string
  conversationId?: string
  /** null: the turn answers nobody, as a reminder does. */
  userMessageId?: string | null
  /** ISO 8601 in UTC. */
  createdAt?: string
  versions?: Versions
  /** Of an answer. */
  status?: TurnStatus
  error?: { code: string; detail: string }
  feedback?: FeedbackValue
  /** Absent where no model was asked. */
  context?: AnswerContext
  /** Its place in the conversation; only messages read from the history have it. */
  seq?: number
}

export type Message = UIMessage<MessageMetadata>

export interface MessagePage {
  /** Oldest first. */
  messages: Message[]
  hasOlder: boolean
}

/** The newest messages of a conversation, or those before a place. */
export async function readMessages(conversationId: string, before?: number): Promise<MessagePage> {
  const response = await open(`/ai-sdk/${conversationId}/messages`, { query: { limit: 50, before } })
  const hasOlder = response.headers.get('link')?.includes('rel="prev"') ?? false
  return { messages: await response.json(), hasOlder }
}
