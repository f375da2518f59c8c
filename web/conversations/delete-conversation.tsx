import { flushSync } from 'react-dom'
import { useLocation } from 'wouter'
import type { Conversation } from '../api/conversations.ts'
import { ConfirmDialog } from '../design/confirm-dialog.tsx'
import { announce } from '../shell/announcer.tsx'
import { useDeleteConversation } from './conversation-queries.ts'
import { focusBeside } from './focus.ts'

interface DeleteConversationProps {
  conversation: Conversation
  isCurrent: boolean
  onEnd(): void
}

export function DeleteConversation({
  conversation: { id, title },
  isCurrent,
  onEnd,
}: DeleteConversationProps) {
  const [, navigate] = useLocation()
  const remove = useDeleteConversation(id)
  const confirm = () => {
    const focusNext = focusBeside(id)
    const done = () => {
      announce(`${title} is deleted`)
      flushSync(onEnd)
      if (isCurrent) navigate('/')
      else focusNext()
    }
    // Errors are shown in the dialog.
    remove.mutateAsync().then(done, () => {})
  }
  return (
    <ConfirmDialog
      title="Delete this conversation?"
      verb="Delete"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={confirm}
      onClose={onEnd}
    >
      “{title}” and all its messages will be gone for good. Your tasks stay.
    </ConfirmDialog>
  )
}
