import { useQuery } from '@tanstack/react-query'
import { Clock, Pencil, X } from 'lucide-react'
import { useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { cancelTurn, changeQueued, listQueued, type Turn } from '../api/turns.ts'
import { IconButton } from '../design/button.tsx'
import { announce } from '../shell/announcer.tsx'
import { useConversation, useConversationState } from './conversation-context.ts'
import { EditMessage } from './edit-message.tsx'
import { focusLog, focusMessage } from './focus.ts'

/** Messages queued behind the running answer. */
export function Queue({ conversationId }: { conversationId: string | undefined }) {
  const sending = useConversationState('sending')
  const { data: queued = [] } = useQuery({
    queryKey: ['conversation', conversationId, 'turns', 'queued'],
    queryFn: () => listQueued(conversationId ?? ''),
    enabled: conversationId !== undefined,
  })
  if (queued.length + sending.length === 0) return null
  return (
    <ul aria-label="Queued messages" className="grid max-h-48 grid-cols-1 gap-1.5 overflow-y-auto text-sm">
      {queued.map(turn => (
        <Queued key={turn.id} turn={turn} />
      ))}
      {sending.map(({ key, text }) => (
        <li key={key} className={row}>
          <Clock aria-hidden="true" className="size-4 shrink-0 text-quiet" />
          <span dir="auto" className="min-w-0 flex-1 truncate py-1.5">
            {text}
          </span>
          <span className="pr-2 text-xs text-quiet">Sending…</span>
        </li>
      ))}
    </ul>
  )
}

const row = 'flex items-center gap-2 rounded-lg border border-dashed border-edge/60 bg-ground pl-3 appear'

function Queued({ turn: { id, message } }: { turn: Turn }) {
  const conversation = useConversation()
  const [isEditing, setEditing] = useState(false)
  const item = useRef<HTMLLIElement>(null)
  const text = message ?? 'Reminder'
  const endEditing = () => {
    flushSync(() => setEditing(false))
    item.current?.querySelector<HTMLElement>('[data-edit]')?.focus()
  }
  // Its turn started with the text before the edit.
  const giveBack = (edited: string) => {
    if (edited !== text) conversation.giveBack(edited)
    focusMessage()
  }
  if (isEditing)
    return (
      <li ref={item}>
        <EditMessage
          text={text}
          label="Queued message"
          verb="Save"
          onSave={edited => conversation.change(() => changeQueued(id, edited))}
          onEnd={endEditing}
          onOvertaken={giveBack}
        />
      </li>
    )
  const remove = () => {
    announce('Queued message removed')
    focusLog()
    void conversation.change(() => cancelTurn(id))
  }
  return (
    <li ref={item} className={row}>
      <Clock aria-hidden="true" className="size-4 shrink-0 text-quiet" />
      <span dir="auto" className="min-w-0 flex-1 truncate">
        {text}
      </span>
      <span className="text-xs text-quiet">Queued</span>
      <span className="flex">
        {message !== null && (
          <IconButton
            label="Edit queued message"
            data-edit
            className="size-8"
            onClick={() => setEditing(true)}
          >
            <Pencil />
          </IconButton>
        )}
        <IconButton label="Remove queued message" className="size-8" onClick={remove}>
          <X />
        </IconButton>
      </span>
    </li>
  )
}
