import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  type Conversation,
  type ConversationFilter,
  changeConversation,
  deleteConversation,
  pageConversations,
} from '../api/conversations.ts'

/** Conversations, page by page; the current result stays visible while the next search is loading. */
export const useConversations = (filter: ConversationFilter) =>
  useInfiniteQuery({
    queryKey: ['conversations', filter],
    queryFn: ({ pageParam }) => pageConversations(filter, pageParam),
    initialPageParam: undefined as string | undefined, // its type cannot be inferred from the value
    getNextPageParam: page => page.next,
    placeholderData: before => before,
  })

/** Renames or archives a conversation, and updates it everywhere it is shown. */
export function useChangeConversation(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (change: { title?: string; archived?: boolean }) => changeConversation(id, change),
    onSuccess: (changed: Conversation) => {
      queries.setQueryData(['conversation', id], changed)
      return queries.invalidateQueries({ queryKey: ['conversations'] })
    },
  })
}

export function useDeleteConversation(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => deleteConversation(id),
    onSuccess: () => {
      queries.removeQueries({ queryKey: ['conversation', id] })
      return queries.invalidateQueries({ queryKey: ['conversations'] })
    },
  })
}
