import { useQuery } from '@tanstack/react-query'
import { ListTodo, Menu, SquarePen } from 'lucide-react'
import { useEffect } from 'react'
import { readConversation } from '../api/conversations.ts'
import { IconButton } from '../design/button.tsx'
import { Skeleton } from '../design/skeleton.tsx'
import type { Connection } from '../live/stream-updates.ts'

interface HeaderProps {
  conversationId: string | undefined
  connection: Connection
  tasksShown: boolean
  onTasks(): void
  /** Undefined when the conversations are beside the thread. */
  onConversations: (() => void) | undefined
  onBegin: (() => void) | undefined
}

export function Header(props: HeaderProps) {
  const { conversationId, connection, tasksShown, onTasks, onConversations, onBegin } = props
  const conversation = useQuery({
    queryKey: ['conversation', conversationId],
    queryFn: () => readConversation(conversationId ?? ''),
    enabled: conversationId !== undefined,
  })
  const title = conversationId === undefined ? 'New conversation' : conversation.data?.title
  useEffect(() => {
    document.title = title ? `${title} · Colloquy` : 'Colloquy'
  }, [title])
  return (
    <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line px-3">
      {onConversations && (
        <IconButton label="Conversations" onClick={onConversations}>
          <Menu />
        </IconButton>
      )}
      <h1 dir="auto" className="min-w-0 flex-1 truncate px-1 font-semibold">
        {title ?? (conversation.isPending ? <Skeleton className="h-4 w-40" /> : 'Conversation')}
      </h1>
      <p role="status" className="text-xs text-quiet">
        {connection === 'reconnecting' && (
          <span className="rounded-full bg-warn-soft px-2.5 py-1 text-warn">Reconnecting…</span>
        )}
      </p>
      {onBegin && (
        <IconButton label="New conversation" onClick={onBegin}>
          <SquarePen />
        </IconButton>
      )}
      <IconButton
        label={tasksShown ? 'Hide tasks' : 'Show tasks'}
        aria-expanded={tasksShown}
        aria-keyshortcuts="Control+Shift+E"
        onClick={onTasks}
      >
        <ListTodo />
      </IconButton>
    </header>
  )
}
