import { useEffect, useRef } from 'react'
import { announce } from '../shell/announcer.tsx'
import { useConversation, useConversationState } from './conversation-context.ts'
import { spokenTextOf } from './message-text.ts'

/** Announces to screen readers that an answer starts, and its text once complete; not each word of it. */
export function useAnnouncements(): void {
  const { chat } = useConversation()
  const isAnswering = useConversationState('isAnswering')
  const isReconnecting = useConversationState('isReconnecting')
  const wasAnswering = useRef(false)
  useEffect(() => {
    const { lastMessage } = chat
    if (isAnswering) announce('The assistant is answering')
    else if (wasAnswering.current && lastMessage?.role === 'assistant')
      announce(`The assistant has answered: ${spokenTextOf(lastMessage)}`)
    wasAnswering.current = isAnswering
  }, [isAnswering, chat])
  useEffect(() => {
    if (isReconnecting) announce('Reconnecting…')
  }, [isReconnecting])
}
