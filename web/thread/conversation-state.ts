import { generateId } from 'ai'
import type { Message } from '../api/messages.ts'

export interface Sending {
  key: string
  text: string
}

export interface ConversationState {
  /** An answer is being generated and shown, or its connection is being restored. */
  isAnswering: boolean
  isReconnecting: boolean
  /** Why the last action failed. */
  problem: unknown
  /** Text that could not be sent, to be put back into the input. */
  returned: string
  /** Messages on their way into the queue. */
  sending: Sending[]
  hasOlder: boolean
  isLoadingOlder: boolean
  /** When the last answer ended; history read earlier does not contain its end. */
  endedAt: number
  /** Counts messages accepted by the server. */
  accepted: number
  /** Counts messages sent here: after one, the view scrolls to the end. */
  said: number
}

export interface Surroundings {
  timeZone(): string
  /** The first message was accepted: the conversation now has an id. */
  onBegun(conversationId: string): void
  /** Something ended or was refused: the server's state must be read again. */
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
