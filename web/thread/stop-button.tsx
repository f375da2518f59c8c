import { Square } from 'lucide-react'
import { useLayoutEffect, useRef } from 'react'
import { IconButton } from '../design/button.tsx'
import { focusLog } from './focus.ts'

/** Shown while something can be stopped; when it disappears, the focus goes to the messages. */
export function StopButton({ onStop }: { onStop(): void }) {
  const button = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => {
    const { current } = button
    return () => {
      if (current === document.activeElement) focusLog()
    }
  }, [])
  return (
    <IconButton
      ref={button}
      label="Stop"
      look="plain"
      aria-keyshortcuts="Control+."
      onClick={onStop}
      className="rounded-full!"
    >
      <Square className="size-3.5! fill-current" />
    </IconButton>
  )
}
