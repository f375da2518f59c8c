import { Archive, MessageSquare, SearchX } from 'lucide-react'
import { type RefObject, useEffect, useRef } from 'react'
import type { ConversationFilter } from '../api/conversations.ts'
import { EmptyState } from '../design/empty-state.tsx'
import { ProblemNotice } from '../design/problem-notice.tsx'
import { Skeleton } from '../design/skeleton.tsx'
import { ConversationItem } from './conversation-item.tsx'
import { useConversations } from './conversation-queries.ts'
import { groupByDate } from './date-groups.ts'

interface ConversationListProps {
  filter: ConversationFilter
  current: string | undefined
  onChoose(): void
}

export function ConversationList({ filter, current, onChoose }: ConversationListProps) {
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } =
    useConversations(filter)
  const end = useRef<HTMLDivElement>(null)
  useNearness(end, () => hasNextPage && !isFetchingNextPage && fetchNextPage())
  const conversations = data?.pages.flatMap(page => page.items) ?? []
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-3 pb-3">
      {isPending && <Waiting />}
      {error && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data && conversations.length === 0 && <Nothing {...filter} />}
      {groupByDate(conversations).map(({ name, conversations }) => (
        <section key={name} aria-label={name}>
          <h2 className="sticky top-0 z-10 bg-ground px-2 pt-3 pb-1 text-xs font-medium text-quiet">
            {name}
          </h2>
          <ul>
            {conversations.map(each => (
              <ConversationItem
                key={each.id}
                conversation={each}
                isCurrent={each.id === current}
                onChoose={onChoose}
              />
            ))}
          </ul>
        </section>
      ))}
      {isFetchingNextPage && <Waiting />}
      <div ref={end} className="h-px" />
    </div>
  )
}

const Waiting = () => (
  <div role="status" aria-label="Loading conversations" className="grid gap-2 pt-3">
    {['w-4/5', 'w-3/5', 'w-11/12', 'w-2/3'].map(width => (
      <div key={width} className="flex h-9 items-center px-2">
        <Skeleton className={`h-3.5 ${width}`} />
      </div>
    ))}
  </div>
)

function Nothing({ search, archived }: ConversationFilter) {
  if (search)
    return (
      <EmptyState icon={SearchX} title="Nothing found">
        No title and no message has “{search}” in it.
      </EmptyState>
    )
  if (archived)
    return (
      <EmptyState icon={Archive} title="Nothing archived">
        Conversations you put away are kept here.
      </EmptyState>
    )
  return (
    <EmptyState icon={MessageSquare} title="No conversations yet">
      Write a message, and it is kept here.
    </EmptyState>
  )
}

/**
 * Calls `act` when the element comes close to the visible area, so that the next page is loaded before the end is
 * reached.
 */
function useNearness(element: RefObject<Element | null>, act: () => unknown): void {
  const latest = useRef(act)
  useEffect(() => {
    latest.current = act
  })
  useEffect(() => {
    if (!element.current) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), {
      rootMargin: '400px',
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
}
