import { counts, months, nearDays, weekdays } from './day-words.ts'
import type { Recurrence } from './task.ts'
import { type Clock, daysInMonth, plusDays, plusMonths, type Wall, wallOf, weekdayOf } from './zone.ts'

/** What the day part of a date phrase means; dates.ts finds the phrases. */

/** The named groups of the date pattern; `late_` ones stand after their time ("5 PM on Friday"). */
export type Groups = Record<string, string | undefined>

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
  const date = validDate(today, { year, month, day })
  if (!date || !phrase.includes('t')) return date && { wall: date, timed: false }
  if (/z$|[+-]\d{2}:?\d{2}$/.test(phrase)) {
    const at = new Date(phrase.toUpperCase())
    return Number.isNaN(at.getTime()) ? undefined : { wall: wallOf(at, timeZone), timed: true }
  }
  return hour < 24 && minute < 60 ? { wall: { ...date, hour, minute }, timed: true } : undefined
}

export function dayReading(groups: Groups, today: Wall, clock: Clock): Reading | undefined {
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
  return validDate(today, { ...month, day })
}
