import { Archive, ArchiveRestore, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Conversation } from '../api/conversations.ts'
import { classes } from '../design/classes.ts'
import { ItemMenu, MenuItem } from '../design/menu.tsx'
import { announce } from '../shell/announcer.tsx'
import { useChangeConversation } from './conversation-queries.ts'
import { DeleteConversation } from './delete-conversation.tsx'
import { focusBeside } from './focus.ts'
import { RenameConversation } from './rename-conversation.tsx'

interface ConversationItemProps {
  conversation: Conversation
  isCurrent: boolean
  onChoose(): void
}

export function ConversationItem({ conversation, isCurrent, onChoose }: ConversationItemProps) {
  const { id, title, archived } = conversation
  const [doing, setDoing] = useState<'rename' | 'delete'>()
  const change = useChangeConversation(id)
  const isRunning = conversation.active_turn_id !== null
  const putAway = () => {
    const focusNext = focusBeside(id)
    const done = () => {
      announce(archived ? `${title} is back` : `${title} is archived`)
      focusNext()
    }
    // Errors are shown below.
    change.mutateAsync({ archived: !archived }).then(done, () => {})
  }
  if (doing === 'rename')
    return (
      <li>
        <RenameConversation conversation={conversation} onEnd={() => setDoing(undefined)} />
      </li>
    )
  return (
    <li className="group relative">
      <Link
        href={`/c/${id}`}
        aria-current={isCurrent ? 'page' : undefined}
        onClick={onChoose}
        className={classes(
          'flex min-h-9 items-center gap-2 rounded-md py-1.5 pr-9 pl-2 -outline-offset-2',
          isCurrent ? 'bg-hover font-medium' : 'hover:bg-hover/70',
        )}
      >
        <span dir="auto" className="min-w-0 flex-1 truncate">
          {title}
        </span>
        {isRunning && <Live />}
      </Link>
      <ConversationMenu
        conversation={conversation}
        onRename={() => setDoing('rename')}
        onArchive={putAway}
        onDelete={() => setDoing('delete')}
      />
      {change.error && (
        <p role="alert" className="px-2 pb-1 text-xs text-danger">
          {change.error.message}
        </p>
      )}
      {doing === 'delete' && (
        <DeleteConversation
          conversation={conversation}
          isCurrent={isCurrent}
          onEnd={() => setDoing(undefined)}
        />
      )}
    </li>
  )
}

const Live = () => (
  <span
    role="img"
    aria-label="Answering"
    title="Answering"
    className="size-2 shrink-0 rounded-full bg-accent shimmer"
  />
)

interface ConversationMenuProps {
  conversation: Conversation
  onRename(): void
  onArchive(): void
  onDelete(): void
}

function ConversationMenu({
  conversation: { title, archived },
  onRename,
  onArchive,
  onDelete,
}: ConversationMenuProps) {
  return (
    <ItemMenu of={title}>
      <MenuItem onSelect={onRename}>
        <Pencil aria-hidden="true" /> Rename
      </MenuItem>
      <MenuItem onSelect={onArchive}>
        {archived ? <ArchiveRestore aria-hidden="true" /> : <Archive aria-hidden="true" />}
        {archived ? 'Unarchive' : 'Archive'}
      </MenuItem>
      <MenuItem danger onSelect={onDelete}>
        <Trash2 aria-hidden="true" /> Delete
      </MenuItem>
    </ItemMenu>
  )
}
