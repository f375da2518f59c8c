import { CircleStop } from 'lucide-react'
import type { Message } from '../api/messages.ts'
import { Problem } from '../api/problem.ts'
import { Button } from '../design/button.tsx'
import { ProblemNotice } from '../design/problem-notice.tsx'

interface OutcomeProps {
  message: Message
  onRetry: (() => void) | undefined
}

/** Why an answer is incomplete. */
export function Outcome({ message, onRetry }: OutcomeProps) {
  const { status, error } = message.metadata ?? {}
  if (status === 'failed')
    return <ProblemNotice error={new Problem(error?.code ?? 'internal', 0)} onRetry={onRetry} />
  if (status !== 'cancelled') return null
  return (
    <p className="flex flex-wrap items-center gap-x-2 text-sm text-quiet">
      <CircleStop aria-hidden="true" className="size-4" /> You stopped this answer.
      {onRetry && (
        <Button look="link" onClick={onRetry}>
          Answer again
        </Button>
      )}
    </p>
  )
}
