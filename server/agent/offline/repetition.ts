import { readWhen } from './dates.ts'
import { weekdays } from './day-words.ts'
import type { Details } from './goal.ts'
import type { Recurrence } from './task.ts'
import { slice, type Text, without } from './text.ts'
import type { Clock } from './zone.ts'

/** How often a task repeats: every day, every week, every month, and nothing else. */

const WEEKDAY = Object.keys(weekdays)
  .filter(day => day.length > 2)
  .sort((a, b) => b.length - a.length)
  .join('|')
const COUNT = '\\d{1,3}|two|three|four|five|six|other|second|third'
const unsupported = new RegExp(
  `,? *(?:and +)?(?:repeat(?:ing|s)? +|recurring +)?(?<how>(?:every|each|on) +(?:${WEEKDAY})s?(?:(?:,| and|, and|,? or| &) +(?:every +|on +)?(?:${WEEKDAY})s?)+` +
    `|(?:every|each) +(?:${COUNT})(?:nd|rd|th)? +(?:hours?|days?|weeks?|months?|years?|${WEEKDAY})` +
    '|(?:every|each|on) +(?:week ?days?|work(?:ing)? ?days?|weekends?|hour|quarter|year)' +
    // Before a noun, as in “quarterly report”, it says what kind of thing it is.
    '|(?:bi-?weekly|fortnightly|bi-?monthly|yearly|annually|quarterly|hourly)(?= *(?:$|[,.;!]|(?:at|@|by|on|from|starting) ))' +
    '|(?:(?:twice|once|two times|three times) an? +(?:day|week|month|year)(?<!once a (?:day|week|month))))' +
    '(?:,? +(?:at|@|by) +[\\d:.]+ *(?:am|pm)?)?(?![\\p{L}\\p{N}])',
  'u',
)
const repetition =
  /,? *(?:and +)?(?:(?:repeat(?:ing|s)?|recurring|it repeats|on an?|once(?: an?)?) +)*(?<how>daily|weekly|monthly|(?:every|each) (?:day|week|month)|every single day|(?<=once a )(?:day|week|month))(?: basis)?(?<at>,? +(?:at|@) +[\d:.]+ *(?:am|pm)?)?$/

export const recurrenceOf = (how: string): Recurrence =>
  /da[iy]|morning|evening|night/.test(how) ? 'daily' : how.includes('week') ? 'weekly' : 'monthly'

/** A repetition that cannot be had is told and asked about: half of it would not be what was wanted. */
export function takeUnsupported(text: Text, details: Details): Text {
  const match = unsupported.exec(text.norm)
  if (!match?.groups?.how) return text
  details.wrongRepeat = text.raw
    .slice(match.index, match.index + match[0].length)
    .replace(/^[\s,]*(?:and +|repeat(?:ing|s)? +)*/i, '')
  return without(text, match.index, match.index + match[0].length)
}

export function takeRepetition(text: Text, details: Details, clock: Clock): Text {
  const match = repetition.exec(text.norm)
  const how = match?.groups?.how
  if (!match || how === undefined || match.index === 0) return text
  details.recurrence = recurrenceOf(how)
  // A repetition needs a date to start from; without one it is the end of today.
  const start = readWhen(match.groups?.at?.replace(/^,? +/, '') ?? 'today', clock) ?? readWhen('today', clock)
  details.due_date ??= start?.due ?? null
  return slice(text, 0, match.index)
}
