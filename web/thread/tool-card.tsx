import {
  Ban,
  Check,
  ChevronRight,
  CircleAlert,
  CircleHelp,
  LoaderCircle,
  type LucideIcon,
  X,
} from 'lucide-react'
import { classes } from '../design/classes.ts'
import { Timestamp } from './timestamp.tsx'
import type { Call, CallState } from './tool-call.tsx'
import { subjectOf, wordsFor } from './tool-words.ts'

interface Look {
  icon: LucideIcon
  color: string
  /** Undefined when the name says it already. */
  words?: string
}

const looks: Record<CallState, Look> = {
  running: { icon: LoaderCircle, color: 'text-accent', words: 'Running' },
  asking: { icon: CircleHelp, color: 'text-warn', words: 'Waiting for you' },
  approved: { icon: Check, color: 'text-good', words: 'Approved' },
  done: { icon: Check, color: 'text-good' },
  failed: { icon: X, color: 'text-danger', words: 'Failed' },
  unknown: { icon: CircleAlert, color: 'text-warn', words: 'Outcome unknown' },
  denied: { icon: Ban, color: 'text-quiet', words: 'Denied' },
  dropped: { icon: Ban, color: 'text-quiet', words: 'Not carried out' },
}

/** A call in one line; expanded, all its input and output. */
export function ToolCard({ call: { name, state, input, output, executedAt } }: { call: Call }) {
  const { icon: Icon, color, words } = looks[state]
  const subject = subjectOf(input, output)
  return (
    <details className="group/call rounded-lg border border-line bg-ground text-sm open:bg-surface">
      <summary className="flex min-h-10 cursor-pointer list-none items-center gap-2.5 rounded-lg px-3 py-1.5 -outline-offset-2 [&::-webkit-details-marker]:hidden">
        <Icon
          aria-hidden="true"
          className={classes('size-4 shrink-0', color, state === 'running' && 'motion-safe:animate-spin')}
        />
        <span className="min-w-0 flex-1 truncate">
          <span className="font-medium">{wordsFor(name, state === 'done')}</span>
          {subject && (
            <span dir="auto" className="text-quiet">
              {' '}
              {subject}
            </span>
          )}
        </span>
        {words && <span className={classes('shrink-0 text-xs', color)}>{words}</span>}
        {executedAt && (
          <span className="hidden shrink-0 text-xs text-quiet tablet:inline">
            <Timestamp at={executedAt} />
          </span>
        )}
        <ChevronRight
          aria-hidden="true"
          className="size-4 shrink-0 text-quiet transition-transform group-open/call:rotate-90"
        />
      </summary>
      <div className="grid gap-3 border-t border-line px-3 py-3">
        <Data name="Tool" value={name} />
        <Data name="Arguments" value={input} />
        {output != null && <Data name={state === 'failed' ? 'Error' : 'Result'} value={output} />}
      </div>
    </details>
  )
}

const Data = ({ name, value }: { name: string; value: unknown }) => (
  <div className="grid gap-1">
    <p className="text-xs font-medium text-quiet">{name}</p>
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a long one scrolls, so the keyboard must reach it
      tabIndex={0}
      className="max-h-64 overflow-auto rounded-md bg-hover px-3 py-2 font-mono text-xs -outline-offset-2 whitespace-pre-wrap"
    >
      {typeof value === 'string' ? value : JSON.stringify(value, null, 2)}
    </pre>
  </div>
)
