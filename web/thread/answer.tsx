import { MessagePrimitive, useAuiState } from '@assistant-ui/react'
import { BellRing, RotateCcw } from 'lucide-react'
import { IconButton } from '../design/button.tsx'
import { AnswerText } from './answer-text.tsx'
import { ContextNote } from './context-note.tsx'
import { useConversation, useConversationState } from './conversation-context.ts'
import { CopyButton } from './copy-button.tsx'
import { Feedback } from './feedback.tsx'
import { focusLog } from './focus.ts'
import { isUnfinished } from './merge-messages.ts'
import { textOf } from './message-text.ts'
import { MessageTools } from './message-tools.tsx'
import { Outcome } from './outcome.tsx'
import { Reasoning } from './reasoning.tsx'
import { useMessage } from './thread-runtime.ts'
import { ToolCall } from './tool-call.tsx'
import { VersionPicker } from './version-picker.tsx'
import { Waiting } from './waiting.tsx'

// Created once, so that a part re-renders only when it has changed.
const components = { Text: AnswerText, Reasoning, tools: { Fallback: ToolCall }, Empty: () => null }

export function Answer() {
  const message = useMessage()
  const isReminder = useIsReminder()
  const isWaiting = message === undefined || isUnfinished(message)
  return (
    <div className="grid grid-cols-1 gap-2 text-base">
      {isReminder && (
        <p className="flex items-center gap-2 text-sm font-medium text-accent">
          <BellRing aria-hidden="true" className="size-4" /> Reminder
        </p>
      )}
      <MessagePrimitive.Parts components={components} />
      {isWaiting ? <Waiting /> : <Settled />}
    </div>
  )
}

/** Below a finished answer: its outcome, and the actions on it. */
function Settled() {
  const message = useMessage()
  const conversation = useConversation()
  const isAnswering = useConversationState('isAnswering')
  const isReminder = useIsReminder()
  const isLast = useAuiState(state => state.message.isLast)
  if (!message) return null
  const { turnId, createdAt, status, versions, context } = message.metadata ?? {}
  const canAskAgain = !isAnswering && !isReminder && status !== 'awaiting_approval'
  const again = () => {
    focusLog()
    void conversation.answerAgain(message)
  }
  const text = textOf(message)
  return (
    <>
      <Outcome message={message} onRetry={canAskAgain ? again : undefined} />
      <MessageTools createdAt={createdAt} isShown={isLast}>
        {versions && versions.count > 1 && <VersionPicker versions={versions} disabled={isAnswering} />}
        {text && <CopyButton text={text} label="Copy answer" />}
        {canAskAgain && (
          <IconButton label="Regenerate" onClick={again} className="size-7 pointer-coarse:size-9">
            <RotateCcw />
          </IconButton>
        )}
        {turnId && status !== 'awaiting_approval' && (
          <Feedback turnId={turnId} given={message.metadata?.feedback} />
        )}
        {context && <ContextNote context={context} />}
      </MessageTools>
    </>
  )
}

/** A reminder answers no message. */
const useIsReminder = (): boolean => useMessage()?.metadata?.userMessageId === null
