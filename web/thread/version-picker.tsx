import { ChevronLeft, ChevronRight } from 'lucide-react'
import type { Versions } from '../api/messages.ts'
import { readVersion } from '../api/turns.ts'
import { IconButton } from '../design/button.tsx'
import { useConversation } from './conversation-context.ts'
import { useMessage } from './thread-runtime.ts'

/** Switches between the versions in one place. */
export function VersionPicker({ versions, disabled }: { versions: Versions; disabled: boolean }) {
  const { index, count, previous, next } = versions
  const conversation = useConversation()
  const conversationId = useMessage()?.metadata?.conversationId
  const read = (turnId: string | undefined) => {
    if (conversationId === undefined || turnId === undefined) return
    void conversation.change(() => readVersion(conversationId, turnId))
  }
  return (
    <span className="flex items-center">
      <IconButton
        label="Previous version"
        aria-disabled={disabled || previous === undefined}
        onClick={() => disabled || read(previous)}
        className="size-7 pointer-coarse:size-9 aria-disabled:opacity-40"
      >
        <ChevronLeft />
      </IconButton>
      <span className="tabular-nums">
        {index + 1} of {count}
      </span>
      <IconButton
        label="Next version"
        aria-disabled={disabled || next === undefined}
        onClick={() => disabled || read(next)}
        className="size-7 pointer-coarse:size-9 aria-disabled:opacity-40"
      >
        <ChevronRight />
      </IconButton>
    </span>
  )
}
