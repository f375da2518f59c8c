import { X } from 'lucide-react'
import { createContext, type ReactNode, useEffect, useId, useState } from 'react'
import { IconButton } from './button.tsx'
import { classes } from './classes.ts'

interface DialogProps {
  title: string
  children: ReactNode
  onClose(): void
  /** Centred, or as a drawer along an edge of the window. */
  from?: 'middle' | 'start' | 'end'
  /** For content with its own heading. */
  hideTitle?: boolean
}

const places = {
  middle:
    'm-auto w-[min(30rem,calc(100vw-2rem))] max-h-[calc(100dvh-2rem)] rounded-xl border border-line appear',
  start: 'my-0 mr-auto ml-0 h-dvh max-h-none w-[min(20rem,calc(100vw-3rem))] slide-from-start',
  end: 'my-0 mr-0 ml-auto h-dvh max-h-none w-[min(24rem,100vw)] max-w-none slide-from-end',
}

/** The enclosing dialog, if any: popups must open inside it, since everything outside is inert. */
export const DialogContext = createContext<HTMLElement | null>(null)

/**
 * The browser's modal dialog: it traps the focus, makes the rest inert, closes with Escape and returns the focus. Mount
 * it to open it. The focus goes to the element with `data-first-focus`, else to the first control.
 */
export function Dialog({ title, children, onClose, from = 'middle', hideTitle = false }: DialogProps) {
  const [dialog, setDialog] = useState<HTMLDialogElement | null>(null)
  const heading = useId()
  useEffect(() => {
    const opener = document.activeElement
    dialog?.showModal()
    dialog?.querySelector<HTMLElement>('[data-first-focus]')?.focus()
    return () => {
      dialog?.close()
      if (dialog && opener instanceof HTMLElement) opener.focus()
    }
  }, [dialog])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it; the click is one on the veil
    <dialog
      ref={setDialog}
      aria-labelledby={heading}
      onCancel={event => {
        event.preventDefault()
        onClose()
      }}
      onClick={event => event.target === dialog && onClose()}
      className={classes('flex-col overflow-hidden bg-raised shadow-raised open:flex', places[from])}
    >
      <div className={hideTitle ? 'sr-only' : 'flex items-center justify-between gap-4 py-3 pr-3 pl-5'}>
        <h2 id={heading} className="text-lg font-semibold">
          {title}
        </h2>
        {!hideTitle && (
          <IconButton label="Close" onClick={onClose}>
            <X />
          </IconButton>
        )}
      </div>
      <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
        <DialogContext value={dialog}>{children}</DialogContext>
      </div>
    </dialog>
  )
}
