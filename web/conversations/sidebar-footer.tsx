import { Keyboard, LogOut, Settings } from 'lucide-react'
import { useLocation } from 'wouter'
import { usePerson, useSignOut } from '../account/session.ts'
import { IconButton } from '../design/button.tsx'
import { ThemeSwitch } from '../shell/theme.tsx'

/** The signed-in person and links to their settings. */
export function SidebarFooter({ onShortcuts }: { onShortcuts(): void }) {
  const { name, email } = usePerson()
  const signOut = useSignOut()
  const [, navigate] = useLocation()
  return (
    <div className="grid gap-1 px-3 pt-1 pb-3">
      <div className="flex items-center gap-2.5 px-2 py-1">
        <span
          aria-hidden="true"
          className="grid size-8 shrink-0 place-items-center rounded-full bg-accent-soft font-medium text-accent uppercase"
        >
          {[...(name || email)][0]}
        </span>
        <div className="min-w-0 flex-1 leading-tight">
          <p dir="auto" className="truncate font-medium">
            {name}
          </p>
          <p className="truncate text-xs text-quiet">{email}</p>
        </div>
      </div>
      {signOut.error && (
        <p role="alert" className="px-2 text-xs text-danger">
          {signOut.error.message}
        </p>
      )}
      <div className="flex">
        <ThemeSwitch />
        <IconButton label="Keyboard shortcuts" onClick={onShortcuts}>
          <Keyboard />
        </IconButton>
        <IconButton label="Settings" onClick={() => navigate('/settings')}>
          <Settings />
        </IconButton>
        <IconButton
          label="Sign out"
          className="ml-auto"
          disabled={signOut.isPending}
          onClick={() => signOut.mutate()}
        >
          <LogOut />
        </IconButton>
      </div>
    </div>
  )
}
