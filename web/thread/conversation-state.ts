import { generateId } from 'ai'
import type { Message } from '../api/messages.ts'

export interface Sending {
  key: string
  text: string
}

export interface ConversationState {
  /** An answer is being made and shown, or the connection to it is being made again. */
  isAnswering: boolean
  isReconnecting: boolean
  /** Why the last thing that was asked for did not happen. */
  problem: unknown
  /** What could not be sent and belongs to the person again. */
  returned: string
  /** On their way into the queue. */
  sending: Sending[]
  hasOlder: boolean
  isLoadingOlder: boolean
  /** When the last answer ended; what was read before says nothing about it. */
  endedAt: number
  /** Counts what the server has taken. */
  accepted: number
  /** Counts what the person has said here: it is then what they want to see. */
  said: number
}

export interface Surroundings {
  timeZone(): string
  /** The first message was accepted: the conversation has an address. */
  onBegun(conversationId: string): void
  /** Something is over or refused: what is on the server has to be read again. */
  onChanged(): Promise<unknown>
}

export const initialState: ConversationState = {
  isAnswering: false,
  isReconnecting: false,
  problem: undefined,
  returned: '',
  sending: [],
  hasOlder: false,
  isLoadingOlder: false,
  endedAt: 0,
  accepted: 0,
  said: 0,
}

export const newMessage = (text: string): Message => ({
  id: generateId(),
  role: 'user',
  parts: [{ type: 'text', text }],
  metadata: { createdAt: new Date().toISOString() },
})
