import { dayReading, type Groups, type Reading } from './day-reading.ts'
import { ambiguousDays, counts, dayTimes, months, nearDays, weekdays } from './day-words.ts'
import type { Recurrence } from './task.ts'
import { type Clock, instantOf, plusDays, type Wall, wallOf } from './zone.ts'

/**
 * Date phrases, the only place that reads them: `readWhen` takes a whole phrase, `findWhen` looks for one in a
 * title. A phrase without a time means the end of that day, so that "due today" is not overdue at once.
 */
export interface When {
  due: string
  /** The local day the phrase names, as [from, to) instants: "what did I add yesterday". */
  from: string
  to: string
  recurrence?: Recurrence
}

export interface FoundWhen {
  start: number
  end: number
  /** Missing when it looks like a date and is none: 30 February. */
  when?: When
}

const oneOf = (words: object) => {
  const sorted = Object.keys(words).sort((a, b) => b.length - a.length)
  return sorted.map(word => word.replaceAll(' ', ' +')).join('|')
}

const COUNT = `\\d{1,3}|${oneOf(counts)}`
const MONTH = `(?:${oneOf(months)})\\.?`
const NTH = '\\d{1,2}(?:st|nd|rd|th)?'

// Named alternatives of a day; the group that matched says how to read it.
const DAY = [
  '(?<iso>\\d{4}-\\d{2}-\\d{2}(?:t\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?(?:z|[+-]\\d{2}:?\\d{2})?)?)',
  `(?:the +)?(?<dayFirst>${NTH}(?: +of)? +${MONTH}(?:,? +\\d{4})?)`,
  `(?<monthFirst>${MONTH} +${NTH}(?:,? +\\d{4})?)`,
  '(?<slashed>\\d{1,2}/\\d{1,2}(?:/\\d{2,4})?)',
  '(?:the +)?(?<ending>end +of +(?:the +|this +|next +)?(?:day|week|month|year))',
  `(?<every>(?:every|each) +(?:day|week|month|${oneOf(weekdays)}))`,
  `(?<weekday>(?:(?:next|this|coming|this +coming) +)?(?:${oneOf(weekdays)}))`,
  `(?<near>${oneOf(nearDays)})`,
  `(?<ahead>in +(?:${COUNT}) +(?:minute|hour|day|week|month|year)s?|(?:${COUNT}) +(?:day|week|month)s? +from +(?:now|today))`,
  '(?<nextUnit>next +(?:week|month|year)|this +week(?:end)?|the +weekend|next +weekend)',
  '(?:the +)(?<dayOfMonth>\\d{1,2}(?:st|nd|rd|th))',
].join('|')

const URDU_TIME =
  '(?:(?:subah|dopahar|shaam|raat|صبح|دوپہر|شام|رات) +)?\\d{1,2}(?::\\d{2})? *(?:baje|bajay|بجے)'
const CLOCK_TIME = `\\d{1,2}(?::\\d{2})? *(?:am|pm|a\\.m\\.|p\\.m\\.)|${URDU_TIME}|\\d{1,2}:\\d{2}`
const TIME = (name: string, part = '(?:in +the +|at +)?') =>
  `(?:(?:at|by|@|around) *)?(?<${name}>${CLOCK_TIME})|(?:at|@) *(?<${name}Bare>\\d{1,2})(?! *[/-]?\\d)` +
  `|${part}(?<${name}Part>${oneOf(dayTimes)})`

const PREPOSITION =
  '(?:(?:is +|that is +|it is +|to be +|with +(?:a +|the +)?)?due(?: +date)?(?: +of)?(?: +(?:by|on|at|in|is|before))?:?|by|on|before|until|till|for|at|from|starting|(?:with +(?:a +|the +)?)?deadline(?: +of| +on| +is)?:?)'

const BODY = `(?:(?:${DAY})(?:,? +(?:${TIME('time')}))?|(?:${TIME('early', '(?:in +the +|at +)')})(?:,? +(?:on +)?(?:${DAY.replace(/\?<(\w+)>/g, '?<late_$1>')}))?)`

/** Urdu says it behind: "30 November tak". */
const POSTPOSITION = '(?:tak|ko|تک|کو)'

const whole = new RegExp(`^(?:${PREPOSITION} +)?${BODY}(?: +${POSTPOSITION})?$`)
const anywhere = new RegExp(
  `(?<![\\p{L}\\p{N}#'])(?:(?<preposition>${PREPOSITION}) +)?${BODY}(?: +(?<postposition>${POSTPOSITION}))?(?![\\p{L}\\p{N}])`,
  'gu',
)

function timeOf(groups: Groups): { hour: number; minute: number } | undefined {
  const part = groups.timePart ?? groups.earlyPart
  if (part) return { hour: dayTimes[part] ?? 9, minute: 0 }
  const bare = groups.timeBare ?? groups.earlyBare
  if (bare) return hourMinute(likelyHour(Number(bare)), 0)
  const text = groups.time ?? groups.early
  if (!text) return undefined
  if (text in dayTimes) return { hour: dayTimes[text] ?? 12, minute: 0 }
  const [hour = 0, minute = 0] = (text.match(/\d+/g) ?? []).map(Number)
  if (/baj|بجے/.test(text)) return urduTime(text, hour, minute)
  if (!/[ap]\.?m/.test(text)) return hourMinute(hour, minute)
  return hour >= 1 && hour <= 12 ? hourMinute((hour % 12) + (text.includes('p') ? 12 : 0), minute) : undefined
}

/** "at 5" is the afternoon's, "at 9" the morning's: nobody meets at five in the night. */
const likelyHour = (hour: number) => (hour >= 1 && hour <= 7 ? hour + 12 : hour)

/** "subah 9 baje": the part of the day, when it is told, says which half. */
function urduTime(text: string, hour: number, minute: number) {
  if (/subah|صبح/.test(text)) return hourMinute(hour % 12, minute)
  const isLate = /dopahar|shaam|raat|دوپہر|شام|رات/.test(text) && hour < 12
  return hourMinute(isLate ? hour + 12 : likelyHour(hour), minute)
}

const hourMinute = (hour: number, minute: number) => (hour < 24 && minute < 60 ? { hour, minute } : undefined)

const hasTime = (groups: Groups) =>
  ['time', 'timeBare', 'timePart', 'early', 'earlyBare', 'earlyPart'].some(name => groups[name] !== undefined)

function whenOf(groups: Groups, clock: Clock): When | undefined {
  const today = wallOf(clock.now, clock.timeZone)
  const timed = hasTime(groups)
  const time = timeOf(groups)
  const hasDay = Object.entries(groups).some(
    ([name, value]) => value && !/^(time|early|preposition|postposition)/.test(name),
  )
  const day: Reading | undefined = hasDay ? dayReading(groups, today, clock) : { wall: today, timed: false }
  if (!day || (timed && !time)) return undefined
  const wall = time ? { ...day.wall, ...time } : day.timed ? day.wall : { ...day.wall, hour: 23, minute: 59 }
  const forward = passed(wall, clock)
    ? !hasDay
      ? 1
      : day.recurrence === 'weekly'
        ? 7
        : Number(Boolean(day.recurrence))
    : 0
  const start = { ...day.wall, hour: 0, minute: 0 }
  const when: When = {
    due: instantOf(plusDays(wall, forward), clock.timeZone).toISOString(),
    from: instantOf(start, clock.timeZone).toISOString(),
    to: instantOf(plusDays(start, 1), clock.timeZone).toISOString(),
  }
  if (day.recurrence) when.recurrence = day.recurrence
  return when
}

const passed = (wall: Wall, clock: Clock) => instantOf(wall, clock.timeZone) <= clock.now

/** Reads a phrase that is a date and nothing else: "next Friday at 2 PM", "in 3 days", "2026-12-01". */
export function readWhen(phrase: string, clock: Clock): When | undefined {
  if (phrase.length > 80) return undefined
  const groups = whole.exec(phrase.trim().toLowerCase())?.groups
  return groups && whenOf(groups, clock)
}

/** Finds the date phrase of a title: after a preposition, or at either end; "the Monday report" has none. */
export function findWhen(norm: string, clock: Clock): FoundWhen | undefined {
  for (const match of norm.matchAll(anywhere)) {
    const end = match.index + match[0].length
    const groups: Groups = match.groups ?? {}
    const day = groups.weekday ?? groups.late_weekday ?? ''
    const atEnd = end === norm.length && !ambiguousDays.has(day)
    const placed = groups.preposition || groups.postposition || atEnd || (match.index === 0 && day === '')
    if (!placed && !groups.every) continue
    const when = whenOf(groups, clock)
    if (when) return { start: match.index, end, when }
    if (groups.preposition && (groups.dayFirst || groups.monthFirst || groups.iso))
      return { start: match.index, end }
  }
  return undefined
}
