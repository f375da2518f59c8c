import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { ProblemNotice } from './problem-notice.tsx'

interface ConfirmDialogProps {
  title: string
  /** What will happen, in full. */
  children: ReactNode
  /** The verb on the confirming button: “Delete”. */
  verb: string
  busy?: boolean
  error?: unknown
  onConfirm(): void
  onClose(): void
}

/** Asks before something that cannot be undone. The cancelling button has the focus. */
export function ConfirmDialog({
  title,
  children,
  verb,
  busy = false,
  error,
  onConfirm,
  onClose,
}: ConfirmDialogProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="grid gap-5 px-5 pb-5">
        <div className="text-quiet">{children}</div>
        {error != null && <ProblemNotice error={error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button data-first-focus onClick={onClose}>
            Cancel
          </Button>
          <Button look="danger" busy={busy} onClick={onConfirm}>
            {verb}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
