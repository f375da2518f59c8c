import { z } from 'zod'
import { canonicalZone } from '../wall-clock.ts'
import { storableText, textOf } from '../wire/text.ts'
import { readDueDate } from './due-date.ts'

/**
 * A task's fields as REST, the tools and the page write them. All limits of a task are defined here and only here.
 * Lengths are in Unicode code points.
 */
export const taskLimits = {
  title: 200,
  description: 1000,
  tag: 20,
  tags: 10,
  id: 2_147_483_647,
} as const

export const priorities = ['low', 'medium', 'high'] as const
export const recurrences = ['daily', 'weekly', 'monthly'] as const

/** One of the given words, in any letter case. */
export const wordOf = <const Words extends readonly string[]>(words: Words) =>
  z.preprocess(
    given => (typeof given === 'string' ? given.trim().toLowerCase() : given),
    z.enum(words, { error: `must be one of ${words.join(', ')}` }),
  )

const title = textOf(1, taskLimits.title).describe(`What to do: 1 to ${taskLimits.title} characters`)

const description = textOf(0, taskLimits.description).transform(text => (text === '' ? null : text))

const tags = z
  .array(textOf(1, taskLimits.tag))
  .transform(withoutRepeats)
  .refine(list => list.length <= taskLimits.tags, `must be at most ${taskLimits.tags} tags`)

const dueDate = z.string().transform((text, context) => {
  const date = readDueDate(text)
  if (date) return date
  context.addIssue({
    code: 'custom',
    message: 'must be an ISO 8601 date, or date and time with an offset, that exists',
  })
  return z.NEVER
})

export const timeZone = storableText()
  .transform((name, context) => {
    const zone = canonicalZone(name.trim())
    if (zone) return zone
    context.addIssue({ code: 'custom', message: 'must be the IANA name of a time zone, as Asia/Karachi' })
    return z.NEVER
  })
  .describe('The IANA name of a time zone, as Asia/Karachi')

const optionalFields = {
  description: description.nullish().describe(`Details: at most ${taskLimits.description} characters`),
  priority: wordOf(priorities).nullish().describe('Medium when not given'),
  tags: tags
    .nullish()
    .describe(`At most ${taskLimits.tags} labels of at most ${taskLimits.tag} characters each`),
  due_date: dueDate
    .nullish()
    .describe(
      'When it is due: ISO 8601 with an offset, as 2026-11-27T17:00:00+05:00; a date alone is its midnight in UTC',
    ),
  recurrence: wordOf(recurrences)
    .nullish()
    .describe('Completing the task makes the next one, a day, a week or a month later. Needs a due date'),
  time_zone: timeZone
    .nullish()
    .describe(
      'Whose clocks a recurring task keeps to: an IANA name, the user’s own or else UTC when not given',
    ),
}

export const newTaskFields = z.object({ title, ...optionalFields })

/** Omitted fields keep their value, `null` clears. Clearing the due date also ends the recurrence. */
export const changedTaskFields = z.object({ title: title.optional(), ...optionalFields })

export type NewTaskFields = z.output<typeof newTaskFields>
export type ChangedTaskFields = z.output<typeof changedTaskFields>

/** Removes repeated tags, ignoring case; the first spelling is kept. */
function withoutRepeats(list: string[]): string[] {
  const bySpelling = new Map<string, string>()
  for (const tag of list) {
    const key = tag.toLowerCase()
    if (!bySpelling.has(key)) bySpelling.set(key, tag)
  }
  return [...bySpelling.values()]
}
