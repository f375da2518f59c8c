import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from '../design/button.tsx'
import { announce } from '../shell/announcer.tsx'

const shownMs = 1600

/** Renders nothing where the browser has no clipboard: on a page not loaded over HTTPS. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), shownMs)
    return () => clearTimeout(timer)
  }, [isCopied])
  if (!navigator.clipboard) return null
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    announce('Copied')
  }
  return (
    <IconButton
      label={label}
      className="size-7 pointer-coarse:size-9"
      onClick={() => copy().catch(() => announce('Not copied'))}
    >
      {isCopied ? <Check /> : <Copy />}
    </IconButton>
  )
}
