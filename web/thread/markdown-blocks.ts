const fence = /^ {0,3}(`{3,}|~{3,})/
/** Belongs to what is above it, also across an empty line: an item of a list, what is indented below one. */
const continues = /^(\s|[-*+] |\d+[.)] )/
/** A link or a footnote that is defined elsewhere needs the whole text. */
const definition = /^ {0,3}\[[^\]]+\]:/m

/** Cuts Markdown where a paragraph, a heading, a table or a block of code ends, and never inside one. */
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
