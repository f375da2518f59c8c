import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { loadMarkdown } from './later-parts.ts'
import { ThreadSkeleton } from './thread-skeleton.tsx'

// Requested at once, in parallel with what the rest of the page needs.
const loading = import('./live-thread.tsx')
const LiveThread = lazy(() => loading.then(({ LiveThread }) => ({ default: LiveThread })))

/** The middle of the page: one conversation, or the start of a new one. */
export function Thread({ conversationId }: { conversationId: string | undefined }) {
  const [, navigate] = useLocation()
  const [opened, open] = useState({ key: 0, id: conversationId })
  const begun = useRef<string>(undefined)
  // An existing conversation has answers: preload Markdown alongside them, so that they are rendered properly at once.
  useEffect(() => {
    if (conversationId !== undefined) void loadMarkdown()
  }, [conversationId])
  // A conversation started here gets its URL and stays mounted; any other URL is another conversation.
  if (conversationId !== opened.id) {
    const isBegun = conversationId !== undefined && conversationId === begun.current
    open({ key: isBegun ? opened.key : opened.key + 1, id: conversationId })
  }
  return (
    <Suspense fallback={<ThreadSkeleton />}>
      <LiveThread
        key={opened.key}
        conversationId={opened.id}
        // On the first screen the focus starts at the top, at the link that skips the sidebar.
        isArrival={opened.key > 0}
        onBegun={id => {
          begun.current = id
          navigate(`/c/${id}`, { replace: true })
        }}
      />
    </Suspense>
  )
}
