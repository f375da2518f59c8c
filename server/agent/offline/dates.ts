import { ambiguousDays, counts, dayTimes, months, nearDays, weekdays } from './day-words.ts'
import type { Recurrence } from './task.ts'
import {
  type Clock,
  daysInMonth,
  instantOf,
  plusDays,
  plusMonths,
  type Wall,
  wallOf,
  weekdayOf,
} from './zone.ts'

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

const CLOCK_TIME = '\\d{1,2}(?::\\d{2})? *(?:am|pm|a\\.m\\.|p\\.m\\.)|\\d{1,2}:\\d{2}'
const TIME = (name: string, part = '(?:in +the +|at +)?') =>
  `(?:(?:at|by|@|around) *)?(?<${name}>${CLOCK_TIME})|(?:at|@) *(?<${name}Bare>\\d{1,2})(?! *[/-]?\\d)` +
  `|${part}(?<${name}Part>${oneOf(dayTimes)})`

const PREPOSITION =
  '(?:(?:is +|that is +|it is +|to be +|with +(?:a +|the +)?)?due(?: +date)?(?: +of)?(?: +(?:by|on|at|in|is|before))?:?|by|on|before|until|till|for|at|from|starting|(?:with +(?:a +|the +)?)?deadline(?: +of| +on| +is)?:?)'

const BODY = `(?:(?:${DAY})(?:,? +(?:${TIME('time')}))?|(?:${TIME('early', '(?:in +the +|at +)')})(?:,? +(?:on +)?(?:${DAY.replace(/\?<(\w+)>/g, '?<late_$1>')}))?)`

const whole = new RegExp(`^(?:${PREPOSITION} +)?${BODY}$`)
const anywhere = new RegExp(
  `(?<![\\p{L}\\p{N}#'])(?:(?<preposition>${PREPOSITION}) +)?${BODY}(?![\\p{L}\\p{N}])`,
  'gu',
)

type Groups = Record<string, string | undefined>

interface Reading {
  wall: Wall
  timed: boolean
  recurrence?: Recurrence
}

const nthOf = (text: string) => Number.parseInt(text.match(/\d+/)?.[0] ?? '', 10)

function validDate(wall: Wall, year: number, month: number, day: number): Wall | undefined {
  const fits = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
  return fits ? { ...wall, year, month, day } : undefined
}

/** A date without a year is the next one to come. */
function comingDate(today: Wall, given: { month: number; day: number; year: number }): Wall | undefined {
  const { month, day, year } = given
  if (!Number.isNaN(year)) return validDate(today, year < 100 ? 2000 + year : year, month, day)
  const past = month < today.month || (month === today.month && day < today.day)
  return validDate(today, today.year + (past ? 1 : 0), month, day)
}

function namedMonthDate(today: Wall, phrase: string): Wall | undefined {
  const name = phrase.match(/\p{L}{3,}/gu)?.find(word => word in months) ?? ''
  const numbers = phrase.match(/\d+/g) ?? []
  const year = Number.parseInt(numbers[1] ?? '', 10)
  return comingDate(today, { month: (months[name] ?? Number.NaN) + 1, day: Number(numbers[0]), year })
}

function slashedDate(today: Wall, phrase: string, monthFirst: boolean): Wall | undefined {
  const [first = 0, second = 0, year = Number.NaN] = phrase.split('/').map(Number)
  const swapped = (monthFirst && first <= 12) || second > 12
  return comingDate(today, { month: swapped ? first : second, day: swapped ? second : first, year })
}

/** "next Friday" is the one of next week (Monday to Sunday); plain "Friday" the next to come. */
function weekdayDate(today: Wall, phrase: string): Wall | undefined {
  const wanted = weekdays[phrase.split(/ +/).at(-1) ?? '']
  if (wanted === undefined) return undefined
  const now = weekdayOf(today)
  const toMonday = (8 - now) % 7 || 7
  if (phrase.startsWith('next')) return plusDays(today, toMonday + ((wanted + 6) % 7))
  const ahead = (wanted - now + 7) % 7
  return plusDays(today, ahead === 0 && !phrase.startsWith('this') ? 7 : ahead)
}

function endingDate(today: Wall, phrase: string): Wall {
  const next = phrase.includes('next') ? 1 : 0
  if (phrase.endsWith('year')) return { ...today, year: today.year + next, month: 12, day: 31 }
  if (phrase.endsWith('day')) return today
  if (phrase.endsWith('week')) return plusDays(today, ((7 - weekdayOf(today)) % 7) + 7 * next)
  const month = plusMonths({ ...today, day: 1 }, next)
  return { ...month, day: daysInMonth(month.year, month.month) }
}

function aheadReading(today: Wall, phrase: string): Reading {
  const [, count = '1', unit = 'day'] = phrase.match(/(\d+|\w+) +(minute|hour|day|week|month|year)/) ?? []
  const amount = counts[count] ?? Number(count)
  if (unit === 'minute' || unit === 'hour') {
    const minutes = today.hour * 60 + today.minute + amount * (unit === 'hour' ? 60 : 1)
    const wall = plusDays(today, Math.floor(minutes / 1440))
    return { wall: { ...wall, hour: Math.floor((minutes % 1440) / 60), minute: minutes % 60 }, timed: true }
  }
  if (unit === 'month' || unit === 'year')
    return { wall: plusMonths(today, amount * (unit === 'year' ? 12 : 1)), timed: false }
  return { wall: plusDays(today, amount * (unit === 'week' ? 7 : 1)), timed: false }
}

function nextUnitDate(today: Wall, phrase: string): Wall {
  const toMonday = (8 - weekdayOf(today)) % 7 || 7
  if (phrase.endsWith('weekend')) return plusDays(today, toMonday - 2 + (phrase.startsWith('next') ? 7 : 0))
  if (phrase === 'this week') return endingDate(today, 'week')
  if (phrase.endsWith('week')) return plusDays(today, toMonday)
  if (phrase.endsWith('month')) return { ...plusMonths(today, 1), day: 1 }
  return { ...today, year: today.year + 1, month: 1, day: 1 }
}

function everyReading(today: Wall, phrase: string): Reading | undefined {
  const unit = phrase.split(/ +/).at(-1) ?? ''
  if (unit === 'day') return { wall: today, timed: false, recurrence: 'daily' }
  if (unit === 'week') return { wall: plusDays(today, 7), timed: false, recurrence: 'weekly' }
  if (unit === 'month') return { wall: plusMonths(today, 1), timed: false, recurrence: 'monthly' }
  const wall = weekdayDate(today, `this ${unit}`)
  return wall && { wall, timed: false, recurrence: 'weekly' }
}

function isoReading(today: Wall, phrase: string, timeZone: string): Reading | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = phrase.split(/[-t:]/).map(Number)
  const date = validDate(today, year, month, day)
  if (!date || !phrase.includes('t')) return date && { wall: date, timed: false }
  if (/z$|[+-]\d{2}:?\d{2}$/.test(phrase)) {
    const at = new Date(phrase.toUpperCase())
    return Number.isNaN(at.getTime()) ? undefined : { wall: wallOf(at, timeZone), timed: true }
  }
  return hour < 24 && minute < 60 ? { wall: { ...date, hour, minute }, timed: true } : undefined
}

function dayReading(groups: Groups, today: Wall, clock: Clock): Reading | undefined {
  const of = (name: string) => groups[name] ?? groups[`late_${name}`]
  const plain = (wall: Wall | undefined) => wall && { wall, timed: false }
  const [iso, ahead, every] = [of('iso'), of('ahead'), of('every')]
  if (iso) return isoReading(today, iso, clock.timeZone)
  if (ahead) return aheadReading(today, ahead)
  if (every) return everyReading(today, every)
  const named = of('dayFirst') ?? of('monthFirst')
  if (named) return plain(namedMonthDate(today, named))
  const [slashed, ending, weekday, near, unit, nth] = [
    ...['slashed', 'ending', 'weekday', 'near', 'nextUnit', 'dayOfMonth'].map(of),
  ]
  if (slashed) return plain(slashedDate(today, slashed, clock.monthFirst))
  if (ending) return plain(endingDate(today, ending))
  if (weekday) return plain(weekdayDate(today, weekday))
  if (unit) return plain(nextUnitDate(today, unit))
  if (nth) return plain(comingMonthDay(today, nthOf(nth)))
  if (!near) return undefined
  const wall = plusDays(today, nearDays[near.replace(/ +/g, ' ')] ?? 0)
  return near === 'tonight' ? { wall: { ...wall, hour: 20, minute: 0 }, timed: true } : plain(wall)
}

const comingMonthDay = (today: Wall, day: number) => {
  const month = day < today.day ? plusMonths({ ...today, day: 1 }, 1) : today
  return validDate(today, month.year, month.month, day)
}

function timeOf(groups: Groups): { hour: number; minute: number } | undefined {
  const part = groups.timePart ?? groups.earlyPart
  if (part) return { hour: dayTimes[part] ?? 9, minute: 0 }
  const bare = groups.timeBare ?? groups.earlyBare
  // "at 5" is the afternoon's, "at 9" the morning's: nobody meets at five in the night.
  if (bare) return hourMinute(Number(bare) >= 1 && Number(bare) <= 7 ? Number(bare) + 12 : Number(bare), 0)
  const text = groups.time ?? groups.early
  if (!text) return undefined
  if (text in dayTimes) return { hour: dayTimes[text] ?? 12, minute: 0 }
  const [hour = 0, minute = 0] = (text.match(/\d+/g) ?? []).map(Number)
  if (!/[ap]\.?m/.test(text)) return hourMinute(hour, minute)
  return hour >= 1 && hour <= 12 ? hourMinute((hour % 12) + (text.includes('p') ? 12 : 0), minute) : undefined
}

const hourMinute = (hour: number, minute: number) => (hour < 24 && minute < 60 ? { hour, minute } : undefined)

const hasTime = (groups: Groups) =>
  ['time', 'timeBare', 'timePart', 'early', 'earlyBare', 'earlyPart'].some(name => groups[name] !== undefined)

function whenOf(groups: Groups, clock: Clock): When | undefined {
  const today = wallOf(clock.now, clock.timeZone)
  const timed = hasTime(groups)
  const time = timeOf(groups)
  const hasDay = Object.entries(groups).some(
    ([name, value]) => value && !/^(time|early|preposition)/.test(name),
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
    const placed = groups.preposition || atEnd || (match.index === 0 && day === '')
    if (!placed && !groups.every) continue
    const when = whenOf(groups, clock)
    if (when) return { start: match.index, end, when }
    if (groups.preposition && (groups.dayFirst || groups.monthFirst || groups.iso))
      return { start: match.index, end }
  }
  return undefined
}
