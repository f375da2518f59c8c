import { use, useEffect, useState } from 'react'
import { CopyButton } from './copy-button.tsx'
import { GrowingContext } from './growing.ts'
import type { Token } from './highlight.ts'
import { loadHighlighter } from './later-parts.ts'

interface CodeProps {
  language: string
  code: string
}

/** Code with its language, a copy button, and highlighting once it is available. */
export function Code({ language, code: block }: CodeProps) {
  const code = block.replace(/\n$/, '')
  const isGrowing = use(GrowingContext)
  const tokens = useTokens(language, code, isGrowing)
  const name = language === 'unknown' ? '' : language
  return (
    <figure className="my-3 overflow-hidden rounded-lg border border-line bg-ground">
      <figcaption className="flex min-h-9 items-center justify-between border-b border-line py-0.5 pr-1 pl-4 text-xs text-quiet">
        {name || 'Code'}
        <CopyButton text={code} label="Copy code" />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, so the keyboard must reach it */}
      <pre tabIndex={0} className="overflow-x-auto p-4 font-mono text-sm -outline-offset-2">
        <code dir="ltr">
          {tokens?.map(({ text, kind }, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the tokens of one text never move
            <span key={place} className={kind}>
              {text}
            </span>
          )) ?? code}
        </code>
      </pre>
    </figure>
  )
}

/** Undefined until computed, and for an unknown language. */
function useTokens(language: string, code: string, isGrowing: boolean): Token[] | undefined {
  const [known, setKnown] = useState<{ code: string; tokens: Token[] | undefined }>()
  useEffect(() => {
    if (isGrowing || language === 'unknown') return
    let isWanted = true
    void loadHighlighter().then(
      ({ highlight }) => isWanted && setKnown({ code, tokens: highlight(language, code) }),
    )
    return () => {
      isWanted = false
    }
  }, [language, code, isGrowing])
  return known?.code === code ? known.tokens : undefined
}
