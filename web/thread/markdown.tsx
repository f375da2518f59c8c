import { TextMessagePartProvider } from '@assistant-ui/react'
import { MarkdownTextPrimitive } from '@assistant-ui/react-markdown'
import { memo } from 'react'
import gfm from 'remark-gfm'
import { Code } from './code.tsx'
import { GrowingContext } from './growing.ts'
import { Checkbox, Picture, SafeLink, Table } from './markdown-elements.tsx'

const plugins = [gfm]
const components = {
  a: SafeLink,
  img: Picture,
  table: Table,
  input: Checkbox,
  SyntaxHighlighter: Code,
  CodeHeader: () => null,
}
/** SafeLink and Picture decide what can be followed or loaded; they need the URL unchanged. */
const asItIs = (address: string) => address

/** A block of Markdown. HTML in it is shown as plain text: a model's output can never become markup. */
export const MarkdownBlock = memo(({ text, isGrowing }: { text: string; isGrowing: boolean }) => (
  <GrowingContext value={isGrowing}>
    <TextMessagePartProvider text={text}>
      <MarkdownTextPrimitive
        className="prose-block"
        smooth={false}
        remarkPlugins={plugins}
        urlTransform={asItIs}
        components={components}
      />
    </TextMessagePartProvider>
  </GrowingContext>
))
