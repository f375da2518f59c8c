import type { Message } from '../api/messages.ts'

/** A message's text, without its tool calls. */
export const textOf = ({ parts }: Message): string =>
  parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n\n')

/** The same for screen readers, which would read Markdown's markup aloud. */
export const spokenTextOf = (message: Message): string =>
  textOf(message)
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/^(#{1,6}|>)\s+|\*\*|`+/gm, '')

/** The server's limit, in Unicode code points; close to it the count is shown. */
export const maxMessageLength = 5000
export const nearMessageLength = 4500

/** Counts code points only near the limit: a code point has at most two units. */
export const lengthOf = (text: string): number =>
  text.length < nearMessageLength ? text.length : [...text].length
