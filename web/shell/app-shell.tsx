import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { Sidebar } from '../conversations/sidebar.tsx'
import { Dialog } from '../design/dialog.tsx'
import { desktop, tablet, useMedia } from '../design/media.ts'
import { useStored } from '../design/stored.ts'
import { useLiveUpdates } from '../live/use-live-updates.ts'
import { Tasks } from '../tasks/tasks.tsx'
import { Announcer } from './announcer.tsx'
import { Header } from './header.tsx'
import { useShortcut } from './shortcuts.ts'
import { ShortcutsDialog } from './shortcuts-dialog.tsx'

interface AppShellProps {
  conversationId: string | undefined
  /** The thread. */
  children: ReactNode
}

/** The three areas: conversations, thread, tasks. Those without room beside the thread are drawers over it. */
export function AppShell({ conversationId, children }: AppShellProps) {
  const [opened, setOpened] = useState<'conversations' | 'tasks' | 'shortcuts'>()
  const hasSidebar = useMedia(tablet)
  const tasks = useTasksPlace(opened === 'tasks', open => setOpened(open ? 'tasks' : undefined))
  const connection = useLiveUpdates()
  const [, navigate] = useLocation()
  const close = () => setOpened(undefined)
  const begin = () => navigate('/')
  const main = useFocusOnArrival(conversationId)
  useShortcut('show-shortcuts', () => setOpened('shortcuts'))
  useShortcut('new-conversation', begin)
  useShortcut('toggle-tasks', tasks.toggle)
  useShortcut('search-conversations', () => hasSidebar || setOpened('conversations'))
  // Closes the drawer to show the conversation just chosen in it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: for each conversation
  useEffect(close, [conversationId])

  const sidebar = (
    <Sidebar
      conversationId={conversationId}
      onShortcuts={() => setOpened('shortcuts')}
      onLeave={close}
      onClose={hasSidebar ? undefined : close}
    />
  )
  return (
    <div className="flex h-full">
      <SkipLink />
      {hasSidebar && <div className="flex w-70 shrink-0 flex-col border-r border-line">{sidebar}</div>}
      <main ref={main} id="thread" tabIndex={-1} className="flex min-w-0 flex-1 flex-col bg-surface">
        <Header
          conversationId={conversationId}
          connection={connection}
          tasksShown={tasks.shown}
          onTasks={tasks.toggle}
          onConversations={hasSidebar ? undefined : () => setOpened('conversations')}
          onBegin={hasSidebar || opened === 'conversations' ? undefined : begin}
        />
        {children}
      </main>
      {tasks.beside && (
        <div className="flex w-86 shrink-0 flex-col border-l border-line">
          <Tasks />
        </div>
      )}
      {opened === 'conversations' && !hasSidebar && (
        <Dialog title="Conversations" from="start" hideTitle onClose={close}>
          {sidebar}
        </Dialog>
      )}
      {tasks.over && (
        <Dialog title="Tasks" from="end" hideTitle onClose={close}>
          <Tasks onClose={close} />
        </Dialog>
      )}
      {opened === 'shortcuts' && <ShortcutsDialog onClose={close} />}
      <Announcer />
    </div>
  )
}

const SkipLink = () => (
  <a
    href="#thread"
    className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-accent px-4 py-2 text-on-accent focus:translate-y-0"
  >
    Skip to the conversation
  </a>
)

/** Shows the tasks beside the thread if there is room and it is wanted; otherwise over it while open. */
function useTasksPlace(opened: boolean, setOpened: (open: boolean) => void) {
  const hasRoom = useMedia(desktop)
  const [wanted, setWanted] = useStored('tasks')
  const beside = hasRoom && wanted !== 'hidden'
  const over = !hasRoom && opened
  const toggle = () => (hasRoom ? setWanted(beside ? 'hidden' : undefined) : setOpened(!opened))
  return { beside, over, shown: beside || over, toggle }
}

/** Moves the focus to a newly opened conversation, like a new page. Not for the first, where the browser sets it. */
function useFocusOnArrival(conversationId: string | undefined) {
  const main = useRef<HTMLElement>(null)
  const before = useRef(conversationId)
  useEffect(() => {
    if (before.current === conversationId) return
    before.current = conversationId
    // The thread may already have focused its composer.
    if (!main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true })
  }, [conversationId])
  return main
}
