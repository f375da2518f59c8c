import { useQuery } from '@tanstack/react-query'
import { Clock, Pencil, X } from 'lucide-react'
import { useState } from 'react'
import { cancelTurn, changeQueued, listQueued, type Turn } from '../api/turns.ts'
import { IconButton } from '../design/button.tsx'
import { announce } from '../shell/announcer.tsx'
import { useConversation, useConversationState } from './conversation-context.ts'
import { EditMessage } from './edit-message.tsx'
import { focusLog } from './focus.ts'

/** What has been written ahead and waits for the answer before it. */
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
  const text = message ?? 'Reminder'
  if (isEditing)
    return (
      <li>
        <EditMessage
          text={text}
          label="Queued message"
          verb="Save"
          onSave={edited => conversation.change(() => changeQueued(id, edited))}
          onEnd={() => setEditing(false)}
        />
      </li>
    )
  const remove = () => {
    announce('Queued message removed')
    focusLog()
    void conversation.change(() => cancelTurn(id))
  }
  return (
    <li className={row}>
      <Clock aria-hidden="true" className="size-4 shrink-0 text-quiet" />
      <span dir="auto" className="min-w-0 flex-1 truncate">
        {text}
      </span>
      <span className="text-xs text-quiet">Queued</span>
      <span className="flex">
        {message !== null && (
          <IconButton label="Edit queued message" className="size-8" onClick={() => setEditing(true)}>
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
