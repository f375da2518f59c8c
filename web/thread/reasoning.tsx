import type { ReasoningMessagePartComponent } from '@assistant-ui/react'
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'

/** The model's reasoning before its answer, collapsed by default. */
export const Reasoning: ReasoningMessagePartComponent = ({ text }) => {
  const [isOpen, setOpen] = useState(false)
  if (!text) return null
  return (
    <details
      className="group/reasoning text-sm text-quiet"
      onToggle={event => setOpen(event.currentTarget.open)}
    >
      <summary className="inline-flex cursor-pointer list-none items-center gap-1.5 rounded-md py-1 pr-2 hover:text-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden="true"
          className="size-4 transition-transform group-open/reasoning:rotate-90"
        />
        Reasoning
      </summary>
      {isOpen && (
        <p dir="auto" className="mt-1 border-l-2 border-line pl-4 whitespace-pre-wrap">
          {text}
        </p>
      )}
    </details>
  )
}
