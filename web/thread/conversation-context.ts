import { createContext, useContext, useSyncExternalStore } from 'react'
import type { ConversationState } from './conversation-state.ts'
import type { OpenConversation } from './open-conversation.ts'

export const ConversationContext = createContext<OpenConversation | undefined>(undefined)

export function useConversation(): OpenConversation {
  const conversation = useContext(ConversationContext)
  if (!conversation) throw new Error('No conversation is open here')
  return conversation
}

/** One field of the conversation's state; a component re-renders only when its field changes. */
export function useConversationState<Name extends keyof ConversationState>(
  name: Name,
  conversation = useConversation(),
): ConversationState[Name] {
  return useSyncExternalStore(conversation.subscribe, () => conversation.state[name])
}
