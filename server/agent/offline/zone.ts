import { canonicalZone, instantOf as instantAt, wallTimeOf } from '../../wall-clock.ts'

/** The calendar as a zone's clocks show it. Months are 1–12, weekdays 0 (Sunday) – 6. */
export interface Wall {
  year: number
  month: number
  day: number
  hour: number
  minute: number
}

export interface Clock {
  now: Date
  timeZone: string
  /** en-US reads 3/5 as 5 March, everyone else as 3 May. */
  monthFirst: boolean
  /** Whether the day has twice twelve hours where the user is. */
  hours: 12 | 24
  /** `now` on the user's clocks. */
  today: Wall
}

const twelveHours = /^(?:en-(?:us|ca|au|nz|in|pk|ph)|ur-|hi-)/i

export function clockOf(given: {
  now: string | undefined
  timeZone: string | undefined
  locale: string | undefined
}): Clock {
  const at = given.now === undefined ? Number.NaN : Date.parse(given.now)
  const now = Number.isNaN(at) ? new Date() : new Date(at)
  const timeZone = (given.timeZone && canonicalZone(given.timeZone)) || 'UTC'
  return {
    ...{ now, timeZone, today: wallOf(now, timeZone) },
    monthFirst: given.locale === 'en-US',
    hours: twelveHours.test(given.locale ?? '') ? 12 : 24,
  }
}

const slotMs = 900_000
const offsets = new Map<string, number>()

/** How far a zone's clocks are from UTC. Clocks change on the quarter hour, so one look-up serves fifteen minutes. */
function offsetAt(instant: number, timeZone: string): number {
  const slot = Math.floor(instant / slotMs)
  const key = `${timeZone} ${slot}`
  const kept = offsets.get(key)
  if (kept !== undefined) return kept
  if (offsets.size >= 10_000) offsets.clear()
  const offset = wallTimeOf(new Date(slot * slotMs), timeZone) - slot * slotMs
  offsets.set(key, offset)
  return offset
}

export function wallOf(at: Date, timeZone: string): Wall {
  const wall = new Date(at.getTime() + offsetAt(at.getTime(), timeZone))
  return {
    ...{ year: wall.getUTCFullYear(), month: wall.getUTCMonth() + 1, day: wall.getUTCDate() },
    ...{ hour: wall.getUTCHours(), minute: wall.getUTCMinutes() },
  }
}

const asUtc = ({ year, month, day, hour, minute }: Wall) => Date.UTC(year, month - 1, day, hour, minute)

export const instantOf = (wall: Wall, timeZone: string): Date => instantAt(asUtc(wall), timeZone)

export const weekdayOf = (wall: Wall) => new Date(asUtc(wall)).getUTCDay()

export function plusDays(wall: Wall, days: number): Wall {
  const at = new Date(Date.UTC(wall.year, wall.month - 1, wall.day + days))
  return { ...wall, year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() }
}

export const daysInMonth = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate()

/** Month ends clamp: 31 January plus one month is 28 or 29 February. */
export function plusMonths(wall: Wall, months: number): Wall {
  const index = wall.year * 12 + wall.month - 1 + months
  const year = Math.floor(index / 12)
  const month = (index % 12) + 1
  return { ...wall, year, month, day: Math.min(wall.day, daysInMonth(year, month)) }
}

/** Whole days from one wall date to another. */
export const daysBetween = (from: Wall, to: Wall) =>
  Math.round(
    (Date.UTC(to.year, to.month - 1, to.day) - Date.UTC(from.year, from.month - 1, from.day)) / 86_400_000,
  )
