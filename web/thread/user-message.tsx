import { Pencil } from 'lucide-react'
import { useRef, useState } from 'react'
import { IconButton } from '../design/button.tsx'
import { useConversation, useConversationState } from './conversation-context.ts'
import { CopyButton } from './copy-button.tsx'
import { EditMessage } from './edit-message.tsx'
import { focusLog } from './focus.ts'
import { textOf } from './message-text.ts'
import { MessageTools } from './message-tools.tsx'
import { useMessage } from './thread-runtime.ts'

export function UserMessage() {
  const message = useMessage()
  const conversation = useConversation()
  const isAnswering = useConversationState('isAnswering')
  const [isEditing, setEditing] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  if (!message) return null
  const text = textOf(message)
  const endEditing = () => {
    setEditing(false)
    // The button reappears with the next paint, unless the message has been sent again.
    requestAnimationFrame(() => {
      const edit = box.current?.querySelector<HTMLElement>('[data-edit]')
      if (edit) edit.focus()
      else focusLog()
    })
  }
  if (isEditing)
    return (
      <EditMessage
        text={text}
        label="Edited message"
        verb="Send again"
        onSave={edited => conversation.sendInstead(message, edited)}
        onEnd={endEditing}
      />
    )
  return (
    <div ref={box} className="flex flex-col items-end gap-1">
      <p
        dir="auto"
        className="max-w-[85%] rounded-xl rounded-br-sm bg-hover px-4 py-2.5 text-base whitespace-pre-wrap"
      >
        {text}
      </p>
      <MessageTools createdAt={message.metadata?.createdAt} align="end">
        <CopyButton text={text} label="Copy message" />
        {!isAnswering && (
          <IconButton
            label="Edit message"
            data-edit
            onClick={() => setEditing(true)}
            className="size-7 pointer-coarse:size-9"
          >
            <Pencil />
          </IconButton>
        )}
      </MessageTools>
    </div>
  )
}
