import type { TextMessagePartComponent } from '@assistant-ui/react'
import { lazy, memo, Suspense, useDeferredValue } from 'react'
import { loadMarkdown } from './later-parts.ts'
import { blocksOf } from './markdown-blocks.ts'

const MarkdownBlock = lazy(() => loadMarkdown().then(part => ({ default: part.MarkdownBlock })))

/** An answer's text as Markdown, block by block: during streaming only the last block is parsed again. */
export const AnswerText: TextMessagePartComponent = ({ text, status }) => {
  // Typing and scrolling take precedence over streamed text.
  const blocks = blocksOf(useDeferredValue(text))
  const isRunning = status.type === 'running'
  return (
    <div dir="auto" className="prose min-w-0">
      {blocks.map((block, place) => (
        <Block
          // biome-ignore lint/suspicious/noArrayIndexKey: a block keeps its place while it grows
          key={place}
          text={block}
          isGrowing={isRunning && place === blocks.length - 1}
        />
      ))}
    </div>
  )
}

const Block = memo(({ text, isGrowing }: { text: string; isGrowing: boolean }) => (
  <Suspense fallback={<p className="whitespace-pre-wrap appear-late">{text}</p>}>
    <MarkdownBlock text={text} isGrowing={isGrowing} />
  </Suspense>
))
