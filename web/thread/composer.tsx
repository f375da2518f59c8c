import { ArrowUp } from 'lucide-react'
import { type KeyboardEvent, useRef } from 'react'
import { IconButton } from '../design/button.tsx'
import { ProblemNotice } from '../design/problem-notice.tsx'
import { useShortcut } from '../shell/shortcuts.ts'
import { useConversation, useConversationState } from './conversation-context.ts'
import { GrowingTextarea } from './growing-textarea.tsx'
import { MessageLength } from './message-length.tsx'
import { lengthOf, maxMessageLength } from './message-text.ts'
import { Queue } from './queue.tsx'
import { StopButton } from './stop-button.tsx'
import { useDraft } from './use-draft.ts'

interface ComposerProps {
  conversationId: string | undefined
  takesFocus: boolean
}

/** The message input. While an answer is being generated, messages are queued. */
export function Composer({ conversationId, takesFocus }: ComposerProps) {
  const conversation = useConversation()
  const isAnswering = useConversationState('isAnswering')
  const { text, isReturned, write, clear } = useDraft(conversationId)
  const field = useRef<HTMLTextAreaElement>(null)
  const message = text.trim()
  const canSend = message !== '' && lengthOf(message) <= maxMessageLength
  const send = () => {
    if (!canSend) return
    void conversation.send(message)
    clear()
    field.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // During IME composition, Enter selects a character.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }
  useShortcut('focus-message', () => field.current?.focus())
  return (
    <div className="mx-auto grid w-full max-w-184 grid-cols-1 gap-2 px-3 pb-3 tablet:px-6 tablet:pb-5">
      <Refusal onRetry={isReturned && canSend ? send : undefined} />
      <Queue conversationId={conversationId} />
      <form
        onSubmit={event => {
          event.preventDefault()
          send()
        }}
        className="rounded-xl border border-edge bg-surface p-2 transition-shadow focus-within:border-accent focus-within:ring-3 focus-within:ring-accent/15"
      >
        <div className="flex items-end gap-2">
          <GrowingTextarea
            ref={field}
            // On touch devices it would open the keyboard over the messages.
            autoFocus={takesFocus && matchMedia('(pointer: fine)').matches}
            aria-label="Message"
            aria-keyshortcuts="Shift+Escape"
            placeholder={isAnswering ? 'Next message…' : 'Write a message…'}
            value={text}
            onChange={event => write(event.target.value)}
            onKeyDown={onKeyDown}
            className="max-h-60 min-w-0 flex-1 px-2 py-1.5"
          />
          {isAnswering && <StopButton onStop={() => conversation.stop()} />}
          <IconButton
            label="Send"
            type="submit"
            look="primary"
            aria-disabled={!canSend}
            className="rounded-full! aria-disabled:opacity-45"
          >
            <ArrowUp />
          </IconButton>
        </div>
        <MessageLength text={text} />
      </form>
    </div>
  )
}

/** Shows why an action failed. Only text returned after a failed send can be retried from here. */
function Refusal({ onRetry }: { onRetry: (() => void) | undefined }) {
  const problem = useConversationState('problem')
  return problem === undefined ? null : <ProblemNotice error={problem} onRetry={onRetry} />
}
