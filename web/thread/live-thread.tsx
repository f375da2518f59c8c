import './without-eval.ts'
import './prose.css'
import { AssistantRuntimeProvider, useAuiState } from '@assistant-ui/react'
import { useEffect } from 'react'
import { ProblemNotice } from '../design/problem-notice.tsx'
import { useShortcut } from '../shell/shortcuts.ts'
import { Composer } from './composer.tsx'
import { ConversationContext } from './conversation-context.ts'
import { loadMarkdown } from './later-parts.ts'
import { MessageList } from './message-list.tsx'
import { useThreadRuntime } from './thread-runtime.ts'
import { ThreadSkeleton } from './thread-skeleton.tsx'
import { useAnnouncements } from './use-announcements.ts'
import { useHistory, useOpenConversation } from './use-open-conversation.ts'
import { Welcome } from './welcome.tsx'

/** Delay, so that the page's own needs come first. */
const aheadMs = 500

interface LiveThreadProps {
  conversationId: string | undefined
  /** The person came here from another conversation, in order to write. */
  isArrival: boolean
  onBegun(conversationId: string): void
}

export function LiveThread({ conversationId, isArrival, onBegun }: LiveThreadProps) {
  const conversation = useOpenConversation(conversationId, onBegun)
  const history = useHistory(conversation, conversationId)
  const runtime = useThreadRuntime(conversation)
  useMarkdownAhead()
  useShortcut('stop-answer', () => void conversation.stop())
  return (
    <ConversationContext value={conversation}>
      <AssistantRuntimeProvider runtime={runtime}>
        <Announcements />
        <Content conversationId={conversationId} history={history} />
        <Composer conversationId={conversationId} takesFocus={isArrival} />
      </AssistantRuntimeProvider>
    </ConversationContext>
  )
}

/** Preloaded after the page's own needs, so that the first answer is rendered properly at once. */
function useMarkdownAhead() {
  useEffect(() => {
    const timer = setTimeout(loadMarkdown, aheadMs)
    return () => clearTimeout(timer)
  }, [])
}

function Announcements() {
  useAnnouncements()
  return null
}

interface ContentProps {
  conversationId: string | undefined
  history: ReturnType<typeof useHistory>
}

function Content({ conversationId, history }: ContentProps) {
  const isEmpty = useAuiState(({ thread }) => thread.messages.length === 0)
  if (!isEmpty) return <MessageList />
  if (history.error)
    return (
      <div className="grid flex-1 place-items-center p-6">
        <ProblemNotice error={history.error} onRetry={() => history.refetch()} />
      </div>
    )
  const isComing = conversationId !== undefined && (history.isPending || history.data.messages.length > 0)
  return isComing ? <ThreadSkeleton /> : <Welcome />
}
