import { useEffect, useRef, useState } from 'react'
import { usePerson } from '../account/session.ts'
import { useConversation, useConversationState } from './conversation-context.ts'
import { keepDraft, readDraft } from './drafts.ts'

/**
 * The text being written, which survives a reload or a lost session. Sent text is kept until the server has accepted
 * it; text that could not be sent comes back.
 */
export function useDraft(conversationId: string | undefined) {
  const { id: personId } = usePerson()
  const conversation = useConversation()
  const accepted = useConversationState('accepted')
  const returned = useConversationState('returned')
  const [text, setText] = useState(() => readDraft(personId, conversationId))
  const [isReturned, setReturned] = useState(false)
  const latest = useRef(text)
  latest.current = text

  const write = (next: string) => {
    setText(next)
    keepDraft(next, personId, conversationId)
  }

  useEffect(() => {
    if (accepted === 0) return
    keepDraft('', personId)
    keepDraft(latest.current, personId, conversationId)
  }, [accepted, personId, conversationId])

  useEffect(() => {
    if (!returned) return
    const both = [conversation.takeReturned(), latest.current].filter(Boolean).join('\n\n')
    setText(both)
    setReturned(true)
    keepDraft(both, personId, conversationId)
  }, [returned, conversation, personId, conversationId])

  const clear = () => {
    setText('')
    setReturned(false)
  }
  return { text, isReturned, write, clear }
}
