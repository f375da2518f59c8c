import { z } from 'zod'

/** Length as people count it, and as char_length does in Postgres: in Unicode code points. */
export function countCodePoints(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}

/** White space and everything that shows nothing: a text of only these is blank. */
const invisible = /[\s\p{Cc}\p{Cf}\p{DI}\u2800]/gu

export const isBlank = (text: string) => text.replace(invisible, '') === ''

/** Text that Postgres can keep: no NUL byte, no half of a surrogate pair. */
export const storableText = () =>
  z
    .string()
    .refine(text => !text.includes('\0'), 'must not contain a NUL character')
    .refine(text => text.isWellFormed(), 'must be well-formed Unicode')

/** The same text as Postgres can keep it. */
export const toStorable = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd')

/** Trimmed text of `min` to `max` code points. */
export const textOf = (min: number, max: number) =>
  storableText()
    .transform(text => text.trim())
    .refine(text => (min === 0 || !isBlank(text)) && countCodePoints(text) >= min, 'must not be blank')
    .refine(text => countCodePoints(text) <= max, `must be at most ${max} characters`)

/** JSON as Markdown shows it untouched: no line of it begins with a fence, a text in it is on one line, in quotes. */
export const fencedJson = (value: unknown) => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``
