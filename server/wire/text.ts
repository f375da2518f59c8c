import { z } from 'zod'

/** Length in Unicode code points, as people and Postgres's char_length count it. */
export function countCodePoints(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}

/** White space and invisible characters: a text of only these is blank. */
const invisible = /[\s\p{Cc}\p{Cf}\p{DI}\u2800]/gu

export const isBlank = (text: string) => text.replace(invisible, '') === ''

/** Text that Postgres can store: no NUL byte, no lone surrogate. */
export const storableText = () =>
  z
    .string()
    .refine(text => !text.includes('\0'), 'must not contain a NUL character')
    .refine(text => text.isWellFormed(), 'must be well-formed Unicode')

/** Replaces what Postgres cannot store. */
export const toStorable = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd')

/** Trimmed text of `min` to `max` code points. */
export const textOf = (min: number, max: number) =>
  storableText()
    .transform(text => text.trim())
    .refine(text => (min === 0 || !isBlank(text)) && countCodePoints(text) >= min, 'must not be blank')
    .refine(text => countCodePoints(text) <= max, `must be at most ${max} characters`)

/** JSON in a Markdown fence. It cannot end the fence early: strings are quoted and hold no raw line breaks. */
export const fencedJson = (value: unknown) => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``
