import { Square } from 'lucide-react'
import { useLayoutEffect, useRef } from 'react'
import { IconButton } from '../design/button.tsx'
import { focusLog } from './focus.ts'

/** There for as long as something can be stopped; then it leaves the focus to the messages. */
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
