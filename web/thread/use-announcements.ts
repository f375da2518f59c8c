import { useEffect, useRef } from 'react'
import { announce } from '../shell/announcer.tsx'
import { useConversation, useConversationState } from './conversation-context.ts'
import { spokenTextOf } from './message-text.ts'

/** Tells people who do not see it that an answer begins, and what it says when it is there; not each word of it. */
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
