import { ExternalLink } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'

/** The only URL schemes that links may have. */
const followed = new Set(['http:', 'https:', 'mailto:'])

function addressOf(href: string | undefined): URL | undefined {
  const url = href !== undefined && URL.canParse(href) ? new URL(href) : undefined
  return url && followed.has(url.protocol) ? url : undefined
}

export function SafeLink({ href, children }: { href?: string | undefined; children?: ReactNode }) {
  const url = addressOf(href)
  if (!url) return <span>{children}</span>
  return (
    <a href={url.href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  )
}

/** Images are never loaded, since their server would learn who reads this. They become a link, or just their name. */
export function Picture({ src, alt }: ComponentProps<'img'>) {
  const url = addressOf(typeof src === 'string' ? src : undefined)
  if (!url) return <span className="text-quiet">[{alt || 'Image'}]</span>
  return (
    <a href={url.href} target="_blank" rel="noopener noreferrer nofollow">
      {alt || 'Image'} <ExternalLink aria-hidden="true" className="inline size-[0.9em]" />
      <span className="text-quiet"> ({url.host || url.protocol})</span>
    </a>
  )
}

export const Table = ({ children }: { children?: ReactNode }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide one scrolls, so the keyboard must reach it
  // biome-ignore lint/a11y/useSemanticElements: a section would stand among the landmarks
  <div role="group" aria-label="Table" tabIndex={0} className="overflow-x-auto">
    <table>{children}</table>
  </div>
)

export const Checkbox = ({ checked }: ComponentProps<'input'>) => (
  <input
    type="checkbox"
    checked={checked ?? false}
    readOnly
    disabled
    aria-label={checked ? 'Done' : 'Not done'}
  />
)
