import { Archive, ArrowLeft, Plus, X } from 'lucide-react'
import { useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { Button, IconButton } from '../design/button.tsx'
import { Mark } from '../design/mark.tsx'
import { desktop, useMedia } from '../design/media.ts'
import { SearchBox } from '../design/search-box.tsx'
import { useSettled } from '../design/settled.ts'
import { keysOf, shortcuts, useShortcut } from '../shell/shortcuts.ts'
import { ConversationList } from './conversation-list.tsx'
import { SidebarFooter } from './sidebar-footer.tsx'

interface SidebarProps {
  conversationId: string | undefined
  onShortcuts(): void
  /** Called when the person navigates from here. */
  onLeave(): void
  /** Set in a drawer, which needs a close button. */
  onClose: (() => void) | undefined
}

export function Sidebar({ conversationId, onShortcuts, onLeave, onClose }: SidebarProps) {
  const [text, setText] = useState('')
  const [archived, setArchived] = useState(false)
  const search = useSettled(text.trim())
  const [, navigate] = useLocation()
  const begin = () => {
    navigate('/')
    onLeave()
  }
  return (
    <nav aria-label="Conversations" className="flex min-h-0 flex-1 flex-col bg-ground">
      <div className="grid gap-3 p-3">
        <div className="flex items-center gap-2.5 px-1 pt-1 font-semibold tracking-tight">
          <Mark className="size-6" />
          <span className="flex-1">Colloquy</span>
          {onClose && (
            <IconButton label="Close conversations" className="-my-2" onClick={onClose}>
              <X />
            </IconButton>
          )}
        </div>
        <Button look="primary" aria-keyshortcuts="Control+Shift+O" onClick={begin}>
          <Plus aria-hidden="true" className="size-4" />
          New conversation
        </Button>
        <ConversationSearch text={text} onChange={setText} />
      </div>
      {archived && <h2 className="px-5 font-semibold">Archived</h2>}
      <ConversationList filter={{ search, archived }} current={conversationId} onChoose={onLeave} />
      <div className="border-t border-line px-1.5 pt-2">
        <Button look="quiet" className="w-full justify-start" onClick={() => setArchived(!archived)}>
          {archived ? (
            <ArrowLeft aria-hidden="true" className="size-4" />
          ) : (
            <Archive aria-hidden="true" className="size-4" />
          )}
          {archived ? 'Back to conversations' : 'Archived'}
        </Button>
      </div>
      <SidebarFooter onShortcuts={onShortcuts} />
    </nav>
  )
}

function ConversationSearch({ text, onChange }: { text: string; onChange(text: string): void }) {
  const input = useRef<HTMLInputElement>(null)
  const hasKeyboard = useMedia(desktop)
  useShortcut('search-conversations', () => input.current?.focus())
  const keys = keysOf(shortcuts['search-conversations']).join('+')
  return (
    <SearchBox
      ref={input}
      label="Search conversations"
      aria-keyshortcuts="Control+K"
      placeholder={hasKeyboard ? `Search (${keys})` : 'Search'}
      text={text}
      onChange={onChange}
    />
  )
}
