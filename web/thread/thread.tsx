import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { loadMarkdown } from './later-parts.ts'
import { ThreadSkeleton } from './thread-skeleton.tsx'

// Asked for at once, beside what the rest of the page is waiting for.
const loading = import('./live-thread.tsx')
const LiveThread = lazy(() => loading.then(({ LiveThread }) => ({ default: LiveThread })))

/** The middle of the page: one conversation, or the beginning of a new one. */
export function Thread({ conversationId }: { conversationId: string | undefined }) {
  const [, navigate] = useLocation()
  const [opened, open] = useState({ key: 0, id: conversationId })
  const begun = useRef<string>(undefined)
  // What has answers needs it: fetched beside them, so that they are read at once as they are meant.
  useEffect(() => {
    if (conversationId !== undefined) void loadMarkdown()
  }, [conversationId])
  // One that began here gets its address and stays; any other address is another conversation.
  if (conversationId !== opened.id) {
    const isBegun = conversationId !== undefined && conversationId === begun.current
    open({ key: isBegun ? opened.key : opened.key + 1, id: conversationId })
  }
  return (
    <Suspense fallback={<ThreadSkeleton />}>
      <LiveThread
        key={opened.key}
        conversationId={opened.id}
        // On the first screen the browser begins at the top, with the way past the sidebar.
        isArrival={opened.key > 0}
        onBegun={id => {
          begun.current = id
          navigate(`/c/${id}`, { replace: true })
        }}
      />
    </Suspense>
  )
}
