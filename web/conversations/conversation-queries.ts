import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  type Conversation,
  type ConversationFilter,
  changeConversation,
  deleteConversation,
  pageConversations,
} from '../api/conversations.ts'

/** A list of conversations page by page; what is shown stays while the next search is on its way. */
export const useConversations = (filter: ConversationFilter) =>
  useInfiniteQuery({
    queryKey: ['conversations', filter],
    queryFn: ({ pageParam }) => pageConversations(filter, pageParam),
    initialPageParam: undefined as string | undefined, // its type cannot be seen from the value
    getNextPageParam: page => page.next,
    placeholderData: before => before,
  })

/** Changes a title or puts a conversation away, and says what came of it everywhere it is shown. */
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
