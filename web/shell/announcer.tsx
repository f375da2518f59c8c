import { useEffect, useState } from 'react'

const told = new EventTarget()

/** Announces something to screen readers. For text that is visible anyway, prefer `role="status"` there. */
export const announce = (text: string) => told.dispatchEvent(new CustomEvent('tell', { detail: text }))

/** The page's only live region; it must exist before anything is announced, or nothing would be read. */
export function Announcer() {
  const [text, setText] = useState('')
  useEffect(() => {
    const listen = (event: Event) => event instanceof CustomEvent && setText(String(event.detail))
    told.addEventListener('tell', listen)
    return () => told.removeEventListener('tell', listen)
  }, [])
  return (
    <div aria-live="polite" className="sr-only">
      {text}
    </div>
  )
}
