import { useState } from 'react'
import { flushSync } from 'react-dom'
import type { Conversation } from '../api/conversations.ts'
import { asProblem } from '../api/problem.ts'
import { classes } from '../design/classes.ts'
import { inputLook } from '../design/field.tsx'
import { useChangeConversation } from './conversation-queries.ts'
import { focusConversation } from './focus.ts'

/** Enter or leaving the field saves the new title; Escape restores the old one. */
export function RenameConversation({ conversation, onEnd }: { conversation: Conversation; onEnd(): void }) {
  const [title, setTitle] = useState(conversation.title)
  const change = useChangeConversation(conversation.id)
  const end = () => {
    // The link that receives the focus exists again once this is rendered.
    flushSync(onEnd)
    focusConversation(conversation.id)
  }
  const save = (then: () => void) => {
    const wanted = title.trim()
    if (change.isPending) return
    if (!wanted || wanted === conversation.title) then()
    // Errors are shown below.
    else change.mutateAsync({ title: wanted }).then(then, () => {})
  }
  return (
    <div className="grid gap-1">
      <input
        // biome-ignore lint/a11y/noAutofocus: it replaces what the person just acted on
        autoFocus
        dir="auto"
        aria-label={`Title of ${conversation.title}`}
        aria-invalid={change.isError}
        value={title}
        onChange={event => setTitle(event.target.value)}
        onFocus={event => event.target.select()}
        onBlur={() => save(onEnd)}
        onKeyDown={event => {
          if (event.key === 'Enter' && !event.nativeEvent.isComposing) save(end)
          if (event.key !== 'Escape') return
          event.preventDefault()
          event.stopPropagation()
          end()
        }}
        className={classes(inputLook, 'h-9 px-2 text-base tablet:text-sm')}
      />
      {change.error && (
        <p role="alert" className="px-2 text-xs text-danger">
          {asProblem(change.error).message} {asProblem(change.error).advice}
        </p>
      )}
    </div>
  )
}
