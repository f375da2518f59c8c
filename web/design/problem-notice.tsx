import { CircleAlert } from 'lucide-react'
import { useLocation } from 'wouter'
import { asProblem } from '../api/problem.ts'
import { Button } from './button.tsx'

interface ProblemNoticeProps {
  error: unknown
  /** Offered when a retry can help. */
  onRetry?: (() => void) | undefined
}

/** A problem in one sentence, with the one action that can help. */
export function ProblemNotice({ error, onRetry }: ProblemNoticeProps) {
  const [, navigate] = useLocation()
  const { message, advice, action, facts } = asProblem(error)
  const canRetry = onRetry && action !== 'leave' && action !== 'sign_in'
  return (
    <div
      role="alert"
      className="flex max-w-xl items-start gap-3 rounded-lg bg-danger-soft p-3.5 text-sm appear"
    >
      <CircleAlert aria-hidden="true" className="mt-0.5 size-[1.125rem] shrink-0 text-danger" />
      <div className="grid min-w-0 flex-1 justify-items-start gap-2">
        <p>
          <strong className="font-medium">{message}</strong> <span>{advice}</span>
        </p>
        {canRetry && <Button onClick={onRetry}>Try again</Button>}
        {action === 'leave' && <Button onClick={() => navigate('/')}>Start a new conversation</Button>}
        {action === 'sign_in' && <Button onClick={() => navigate('/sign-in')}>Go to sign-in</Button>}
        {facts.requestId && action === 'retry' && (
          <p className="text-xs text-quiet">Request {facts.requestId}</p>
        )}
      </div>
    </div>
  )
}
