const fence = /^ {0,3}(`{3,}|~{3,})/
/** Continues what is above it, even after an empty line: a list item, or indented content. */
const continues = /^(\s|[-*+] |\d+[.)] )/
/** A link or footnote definition: the rest of the text may refer to it. */
const definition = /^ {0,3}\[[^\]]+\]:/m

/** Splits Markdown after paragraphs, headings, tables and code blocks, never inside one. */
export function blocksOf(text: string): string[] {
  if (definition.test(text)) return [text]
  const blocks: string[] = []
  let block: string[] = []
  let open: string | undefined
  let isAfterGap = false
  for (const line of text.split('\n')) {
    const mark = fence.exec(line)?.[1]
    if (open === undefined && isAfterGap && line !== '' && !continues.test(line)) {
      blocks.push(block.join('\n'))
      block = []
    }
    if (open === undefined) open = mark
    else if (mark?.startsWith(open) && line.trim() === mark) open = undefined
    isAfterGap = line.trim() === '' && open === undefined
    block.push(line)
  }
  return [...blocks, block.join('\n')]
}
