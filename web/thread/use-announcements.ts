import { useAuiState } from '@assistant-ui/react'
import { useEffect, useRef } from 'react'
import { announce } from '../shell/announcer.tsx'
import { useConversationState } from './conversation-context.ts'

/** Tells people who do not see it that an answer begins, and what it says when it is there; not each word of it. */
export function useAnnouncements(): void {
  const isAnswering = useConversationState('isAnswering')
  const isReconnecting = useConversationState('isReconnecting')
  const answer = useAuiState(({ thread }) => {
    const last = thread.messages.at(-1)
    return last?.role === 'assistant'
      ? last.content.map(part => (part.type === 'text' ? part.text : '')).join(' ')
      : ''
  })
  const latest = useRef(answer)
  latest.current = answer
  const wasAnswering = useRef(false)
  useEffect(() => {
    if (isAnswering) announce('The assistant is answering')
    else if (wasAnswering.current) announce(`The assistant has answered: ${latest.current}`)
    wasAnswering.current = isAnswering
  }, [isAnswering])
  useEffect(() => {
    if (isReconnecting) announce('Reconnecting…')
  }, [isReconnecting])
}
