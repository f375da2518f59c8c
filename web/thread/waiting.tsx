import { useConversationState } from './conversation-context.ts'
import { useMessage } from './thread-runtime.ts'

/** Shows that more is coming, or why it is delayed. */
export function Waiting() {
  const isReconnecting = useConversationState('isReconnecting')
  const isQueued = useMessage()?.metadata?.status === 'queued'
  if (isReconnecting) return <p className="text-sm text-warn">Reconnecting…</p>
  return (
    <p className="flex min-h-6 items-center gap-1.5">
      <span className="sr-only">{isQueued ? 'Waiting for its turn' : 'Answering'}</span>
      <span aria-hidden="true" className="size-1.5 rounded-full bg-accent shimmer" />
      <span aria-hidden="true" className="size-1.5 rounded-full bg-accent shimmer [animation-delay:200ms]" />
      <span aria-hidden="true" className="size-1.5 rounded-full bg-accent shimmer [animation-delay:400ms]" />
    </p>
  )
}
