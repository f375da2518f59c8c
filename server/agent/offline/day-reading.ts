import { counts, holidays, months, nearDays, weekdays } from './day-words.ts'
import type { Recurrence } from './task.ts'
import type { Groups } from './time-reading.ts'
import { type Clock, daysInMonth, plusDays, plusMonths, type Wall, wallOf, weekdayOf } from './zone.ts'

/** What the day part of a date phrase means; dates.ts finds the phrases. */

export interface Reading {
  wall: Wall
  /** The phrase itself said the time of day. */
  timed: boolean
  recurrence?: Recurrence
}

const nthOf = (text: string) => Number.parseInt(text.match(/\d+/)?.[0] ?? '', 10)

function validDate(wall: Wall, { year, month, day }: Pick<Wall, 'year' | 'month' | 'day'>): Wall | undefined {
  const fits = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
  return fits ? { ...wall, year, month, day } : undefined
}

/** A date without a year is the next one to come. */
function comingDate(today: Wall, given: { month: number; day: number; year: number }): Wall | undefined {
  const { month, day, year } = given
  if (!Number.isNaN(year)) return validDate(today, { year: year < 100 ? 2000 + year : year, month, day })
  const past = month < today.month || (month === today.month && day < today.day)
  return validDate(today, { year: today.year + (past ? 1 : 0), month, day })
}

function namedMonthDate(today: Wall, phrase: string): Wall | undefined {
  const numbers = phrase.match(/\d+/g) ?? []
  const year = Number.parseInt(numbers[1] ?? '', 10)
  return comingDate(today, { month: monthIn(phrase), day: Number(numbers[0]), year })
}

/** The number of the month a phrase names, from 1. */
function monthIn(phrase: string): number {
  const name = phrase.match(/\p{L}{3,}/gu)?.find(word => word in months) ?? ''
  return (months[name] ?? Number.NaN) + 1
}

function slashedDate(today: Wall, phrase: string, monthFirst: boolean): Wall | undefined {
  const [first = 0, second = 0, year = Number.NaN] = phrase.split(/[/.-]/).map(Number)
  const swapped = (monthFirst && first <= 12) || second > 12
  return comingDate(today, { month: swapped ? first : second, day: swapped ? second : first, year })
}

/** "next Friday" is the one of next week (Monday to Sunday); plain "Friday" the next to come. */
function weekdayDate(today: Wall, phrase: string): Wall | undefined {
  const wanted = phrase
    .split(/ +/)
    .map(word => weekdays[word])
    .find(day => day !== undefined)
  if (wanted === undefined) return undefined
  const now = weekdayOf(today)
  const toMonday = (8 - now) % 7 || 7
  if (/next/.test(phrase)) return plusDays(today, toMonday + ((wanted + 6) % 7))
  const ahead = (wanted - now + 7) % 7
  return plusDays(today, ahead === 0 && !phrase.startsWith('this') ? 7 : ahead)
}

const short: Record<string, string> = { eow: 'end of week', eom: 'end of month', eoy: 'end of year' }

/** "end of next month", "beginning of the week", "mid December". */
function endingDate(today: Wall, given: string): Wall | undefined {
  const phrase = short[given] ?? given
  const next = phrase.includes('next') ? 1 : 0
  const part = /^(?:start|beginning|first)/.test(phrase) ? 'start' : /^mid/.test(phrase) ? 'middle' : 'end'
  if (phrase.endsWith('year')) return yearPart(today.year + (part === 'end' ? next : 1), part, today)
  if (phrase.endsWith(' day')) return today
  if (phrase.endsWith('week')) {
    const end = plusDays(today, ((7 - weekdayOf(today)) % 7) + 7 * next)
    return part === 'end' ? end : plusDays(end, part === 'start' ? -6 : -3)
  }
  if (phrase.endsWith('month')) return monthPart(plusMonths({ ...today, day: 1 }, next), part)
  const month = monthIn(phrase)
  return Number.isNaN(month)
    ? undefined
    : monthPart({ ...today, day: 1, month, year: today.year + (month < today.month ? 1 : 0) }, part)
}

type Part = 'start' | 'middle' | 'end'

const yearPart = (year: number, part: Part, today: Wall): Wall =>
  part === 'end'
    ? { ...today, year, month: 12, day: 31 }
    : { ...today, year, month: part === 'start' ? 1 : 7, day: 1 }

const monthPart = (month: Wall, part: Part): Wall => ({
  ...month,
  day: { start: 1, middle: 15, end: daysInMonth(month.year, month.month) }[part],
})

const units: [pattern: RegExp, unit: 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year'][] = [
  [/min/, 'minute'],
  [/hour|hr|ghant|گھنٹ/, 'hour'],
  [/week|fortnight|haft|ہفت/, 'week'],
  [/month|mah|مہین/, 'month'],
  [/year/, 'year'],
]

function amountOf(phrase: string): number {
  if (/half +an/.test(phrase)) return 0.5
  if (/and +a +half/.test(phrase)) return 1.5
  if (/couple/.test(phrase)) return 2
  if (/few/.test(phrase)) return 3
  const word = phrase.match(/\d+|[a-z]+/g)?.find(word => word in counts || /^\d/.test(word)) ?? '1'
  return (counts[word] ?? Number(word)) * (/fortnight/.test(phrase) ? 2 : 1)
}

function aheadReading(today: Wall, phrase: string): Reading {
  const unit = units.find(([pattern]) => pattern.test(phrase))?.[1] ?? 'day'
  return moved(today, { amount: amountOf(phrase.replace(/^in +/, '')), unit })
}

/** A wall time so many units later; `timed` when the units are smaller than a day. */
export function moved(
  wall: Wall,
  { amount, unit }: { amount: number; unit: (typeof units)[number][1] },
): Reading {
  if (unit === 'minute' || unit === 'hour') {
    const minutes = wall.hour * 60 + wall.minute + amount * (unit === 'hour' ? 60 : 1)
    const day = plusDays(wall, Math.floor(minutes / 1440))
    const rest = ((minutes % 1440) + 1440) % 1440
    return { wall: { ...day, hour: Math.floor(rest / 60), minute: rest % 60 }, timed: true }
  }
  if (unit === 'month' || unit === 'year')
    return { wall: plusMonths(wall, amount * (unit === 'year' ? 12 : 1)), timed: false }
  return { wall: plusDays(wall, amount * (unit === 'week' ? 7 : 1)), timed: false }
}

/** "two weeks from Friday". */
function fromDay(today: Wall, phrase: string): Wall | undefined {
  const [before = '', day = ''] = phrase.split(/ +from +/)
  const start =
    day in nearDays ? plusDays(today, nearDays[day] ?? 0) : day === 'now' ? today : weekdayDate(today, day)
  return start && plusDays(start, 7 * amountOf(before))
}

function nextUnitDate(today: Wall, phrase: string): Wall {
  const toMonday = (8 - weekdayOf(today)) % 7 || 7
  if (phrase.endsWith('weekend')) return weekendDate(today, phrase)
  if (/this +week$/.test(phrase)) return endingDate(today, 'end of week') ?? today
  if (/this +month$/.test(phrase)) return endingDate(today, 'end of month') ?? today
  if (/week$|hafte$|ہفتے$/.test(phrase)) return plusDays(today, toMonday)
  if (/month$|ine$|ene$|مہینے$/.test(phrase)) return { ...plusMonths(today, 1), day: 1 }
  return { ...today, year: today.year + 1, month: 1, day: 1 }
}

/** On a Saturday or Sunday "this weekend" is under way: its day is today. */
function weekendDate(today: Wall, phrase: string): Wall {
  const weekday = weekdayOf(today)
  const toSaturday = weekday === 0 ? -1 : 6 - weekday
  if (phrase.startsWith('next')) return plusDays(today, toSaturday + 7)
  return plusDays(today, Math.max(0, toSaturday))
}

function everyReading(today: Wall, phrase: string): Reading | undefined {
  const unit = (phrase.split(/ +/).at(-1) ?? '').replace(/days$/, 'day')
  if (unit === 'day') return { wall: today, timed: false, recurrence: 'daily' }
  const hour = { morning: 9, evening: 18, night: 20 }[unit]
  if (hour !== undefined) return { wall: { ...today, hour, minute: 0 }, timed: true, recurrence: 'daily' }
  if (unit === 'week') return { wall: plusDays(today, 7), timed: false, recurrence: 'weekly' }
  if (unit === 'month') return { wall: plusMonths(today, 1), timed: false, recurrence: 'monthly' }
  const wall = weekdayDate(today, `this ${unit}`)
  return wall && { wall, timed: false, recurrence: 'weekly' }
}

function isoReading(today: Wall, phrase: string, timeZone: string): Reading | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = phrase.split(/[-/t:]/).map(Number)
  const date = validDate(today, { year, month, day })
  if (!date || !phrase.includes('t')) return date && { wall: date, timed: false }
  if (/z$|[+-]\d{2}:?\d{2}$/.test(phrase)) {
    const at = new Date(phrase.toUpperCase())
    return Number.isNaN(at.getTime()) ? undefined : { wall: wallOf(at, timeZone), timed: true }
  }
  return hour < 24 && minute < 60 ? { wall: { ...date, hour, minute }, timed: true } : undefined
}

/** Reads the day part by the group that holds it. */
export function dayReading(groups: Groups, today: Wall, clock: Clock): Reading | undefined {
  const { iso, ahead, every, everyDate, near } = groups
  if (iso) return isoReading(today, iso, clock.timeZone)
  if (ahead) return aheadReading(today, ahead)
  if (every) return everyReading(today, every)
  const wall = plainDay(groups, today, clock)
  if (!wall) return undefined
  if (everyDate) return { wall, timed: false, recurrence: 'monthly' }
  const tonight = near === 'tonight' || near === 'tonite'
  return tonight ? { wall: { ...wall, hour: 20, minute: 0 }, timed: true } : { wall, timed: false }
}

function plainDay(groups: Groups, today: Wall, clock: Clock): Wall | undefined {
  const named = groups.dayFirst ?? groups.monthFirst
  if (named) return namedMonthDate(today, named)
  if (groups.slashed) return slashedDate(today, groups.slashed, clock.monthFirst)
  if (groups.ending) return endingDate(today, groups.ending)
  if (groups.fromDay) return fromDay(today, groups.fromDay)
  if (groups.weekday) return weekdayDate(today, groups.weekday)
  if (groups.nextUnit) return nextUnitDate(today, groups.nextUnit)
  if (groups.holiday) return holidayDate(today, groups.holiday)
  if (groups.nextMonthDay) return dayOfNamedMonth(today, groups.nextMonthDay)
  const nth = groups.dayOfMonth ?? groups.everyDate
  if (nth) return comingMonthDay(today, nthOf(nth))
  return groups.near === undefined
    ? undefined
    : plusDays(today, nearDays[groups.near.replace(/ +/g, ' ')] ?? 0)
}

function holidayDate(today: Wall, phrase: string): Wall | undefined {
  const [month, day] = holidays[phrase.replace(/ +/g, ' ')] ?? []
  return month && day ? comingDate(today, { month, day, year: Number.NaN }) : undefined
}

const dayOfNamedMonth = (today: Wall, phrase: string) => {
  const month = phrase.includes('next') ? plusMonths({ ...today, day: 1 }, 1) : today
  return validDate(today, { ...month, day: nthOf(phrase) })
}

const comingMonthDay = (today: Wall, day: number) => {
  const month = day < today.day ? plusMonths({ ...today, day: 1 }, 1) : today
  return validDate(today, { ...month, day })
}
