import { ThreadPrimitive, useAuiState } from '@assistant-ui/react'
import { ArrowDown } from 'lucide-react'
import { useEffect, useLayoutEffect, useRef } from 'react'
import { Button, IconButton } from '../design/button.tsx'
import { classes } from '../design/classes.ts'
import { useConversation, useConversationState } from './conversation-context.ts'
import { focusLog } from './focus.ts'
import { Message } from './message.tsx'
import { useKeptPlace } from './use-kept-place.ts'
import { useNewest } from './use-newest.ts'

// Created once: the primitive compares it to decide whether to re-render.
const renderMessage = () => <Message />

/** The messages, newest at the bottom. */
export function MessageList() {
  const conversation = useConversation()
  const isAnswering = useConversationState('isAnswering')
  const isLoadingOlder = useConversationState('isLoadingOlder')
  const said = useConversationState('said')
  const { view, content, isAtNewest, goToNewest } = useNewest()
  useKeptPlace(view)
  const jump = () => {
    conversation.showOnlyNewest()
    goToNewest()
    focusLog()
  }
  useLayoutEffect(() => {
    if (said > 0) goToNewest()
  }, [said, goToNewest])
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div
        ref={view}
        role="log"
        aria-label="Conversation"
        aria-live="polite"
        aria-busy={isAnswering || isLoadingOlder}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain -outline-offset-2"
      >
        <div ref={content} className="mx-auto w-full max-w-184 px-4 pt-5 pb-6 tablet:px-6">
          <Older />
          <ThreadPrimitive.Messages>{renderMessage}</ThreadPrimitive.Messages>
        </div>
      </div>
      <IconButton
        label="Jump to the newest"
        look="plain"
        onClick={jump}
        className={classes(
          'absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full! bg-raised shadow-raised',
          isAtNewest ? 'invisible' : 'appear',
        )}
      >
        <ArrowDown />
      </IconButton>
    </div>
  )
}

/** Loads older messages when scrolled near; the button is for people who do not scroll. */
function Older() {
  const conversation = useConversation()
  const hasOlder = useConversationState('hasOlder')
  const isLoading = useConversationState('isLoadingOlder')
  const first = useAuiState(({ thread }) => thread.messages[0]?.id)
  const end = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: watched anew for each page, as it may be near still
  useEffect(() => {
    if (!hasOlder || !end.current) return
    const watcher = new IntersectionObserver(
      ([entry]) => entry?.isIntersecting && void conversation.showOlder(),
      { root: end.current.closest('[role=log]'), rootMargin: '600px 0px 0px' },
    )
    watcher.observe(end.current)
    return () => watcher.disconnect()
  }, [conversation, hasOlder, first])
  if (!hasOlder) return null
  return (
    <div ref={end} className="flex justify-center pb-6">
      <Button look="quiet" busy={isLoading} onClick={() => conversation.showOlder()}>
        {isLoading ? 'Loading earlier messages…' : 'Show earlier messages'}
      </Button>
    </div>
  )
}
