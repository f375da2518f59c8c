import type { Message } from '../api/messages.ts'

/** What a message says, without what was done. */
export const textOf = ({ parts }: Message): string =>
  parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n\n')

/** The same to be heard: a screen reader would read the signs of Markdown out. */
export const spokenTextOf = (message: Message): string =>
  textOf(message)
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/^(#{1,6}|>)\s+|\*\*|`+/gm, '')

/** The server's limit, in Unicode code points; near it the number is shown. */
export const maxMessageLength = 5000
export const nearMessageLength = 4500

/** Long texts are counted only where the number matters: a code point is at most two units. */
export const lengthOf = (text: string): number =>
  text.length < nearMessageLength ? text.length : [...text].length
