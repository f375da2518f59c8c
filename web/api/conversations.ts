import { type Page, request, requestPage } from './request.ts'

export interface Conversation {
  id: string
  title: string
  /** The running turn. */
  active_turn_id: string | null
  head_turn_id: string | null
  archived: boolean
  created_at: string
  updated_at: string
}

export interface ConversationFilter {
  search: string
  archived: boolean
}

export const pageConversations = (
  { search, archived }: ConversationFilter,
  after?: string,
): Promise<Page<Conversation>> =>
  requestPage('/conversations', {
    query: { q: search || undefined, archived: archived ? 'only' : undefined, limit: 50, after },
  })

export const readConversation = (id: string): Promise<Conversation> => request(`/conversations/${id}`)

export const changeConversation = (
  id: string,
  change: { title?: string; archived?: boolean },
): Promise<Conversation> => request(`/conversations/${id}`, { method: 'PATCH', body: change })

export const deleteConversation = (id: string): Promise<void> =>
  request(`/conversations/${id}`, { method: 'DELETE' })
