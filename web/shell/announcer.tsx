import { useEffect, useState } from 'react'

const told = new EventTarget()

/** Says something to people who do not see it happen. For what is visible text already, prefer `role="status"` there. */
export const announce = (text: string) => told.dispatchEvent(new CustomEvent('tell', { detail: text }))

/** The page's one live region; it is there before anything is said, or nothing would be read. */
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
