import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { readConversation } from '../api/conversations.ts'
import { readMessages } from '../api/messages.ts'
import { useTimeZone } from '../settings/settings-queries.ts'
import { useConversationState } from './conversation-context.ts'
import { OpenConversation } from './open-conversation.ts'

/** The conversation of this screen, while it is mounted. */
export function useOpenConversation(
  conversationId: string | undefined,
  onBegun: (conversationId: string) => void,
): OpenConversation {
  const queries = useQueryClient()
  const latest = useRef({ conversationId, onBegun, timeZone: '' })
  latest.current = { conversationId, onBegun, timeZone: useTimeZone() }
  const [conversation] = useState(() => {
    const onChanged = () => {
      const { conversationId: id } = latest.current
      queries.invalidateQueries({ queryKey: ['conversations'] })
      return id === undefined
        ? Promise.resolve()
        : queries.invalidateQueries({ queryKey: ['conversation', id] })
    }
    return new OpenConversation(conversationId, {
      timeZone: () => latest.current.timeZone,
      onBegun: id => latest.current.onBegun(id),
      onChanged,
    })
  })
  useEffect(() => {
    conversation.enter()
    return () => conversation.leave()
  }, [conversation])
  return conversation
}

/** Keeps the messages in sync with the server, and follows a running turn, whoever started it. */
export function useHistory(conversation: OpenConversation, conversationId: string | undefined) {
  const isAnswering = useConversationState('isAnswering', conversation)
  const endedAt = useConversationState('endedAt', conversation)
  const id = conversationId ?? ''
  const enabled = conversationId !== undefined
  const history = useQuery({
    queryKey: ['conversation', conversationId, 'messages'],
    queryFn: () => readMessages(id),
    enabled,
    staleTime: 0,
  })
  const { data: about, dataUpdatedAt: toldAt } = useQuery({
    queryKey: ['conversation', conversationId],
    queryFn: () => readConversation(id),
    enabled,
  })

  const { data: page, dataUpdatedAt: readAt } = history
  useEffect(() => {
    if (page && readAt >= endedAt) conversation.showNewest(page)
  }, [conversation, page, readAt, endedAt])

  const isRunning = typeof about?.active_turn_id === 'string' && toldAt >= endedAt
  useEffect(() => {
    if (isRunning && !isAnswering) void conversation.follow()
  }, [conversation, isRunning, isAnswering])
  return history
}
