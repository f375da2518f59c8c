import { dateAnywhere, dateHint, wholeDate } from './date-pattern.ts'
import { dayReading, type Reading } from './day-reading.ts'
import { ambiguousDays } from './day-words.ts'
import type { Recurrence } from './task.ts'
import { type Groups, type TimeOfDay, timeOf } from './time-reading.ts'
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
  /** What the phrase itself said; the rest was added: "5 PM" names no day, "Friday" no time. */
  hasDay: boolean
  hasTime: boolean
  recurrence?: Recurrence
}

export interface FoundWhen {
  start: number
  end: number
  /** Missing when it looks like a date and is none: 30 February. */
  when?: When
}

const notDays = new Set([
  ...['time', 'timeBare', 'timePart', 'half', 'lead', 'dot', 'alone', 'preposition', 'postposition'],
])

function whenOf(groups: Groups, clock: Clock): When | undefined {
  const today = wallOf(clock.now, clock.timeZone)
  const time = timeOf(groups)
  const hasDay =
    groups.alone !== undefined || Object.keys(groups).some(name => groups[name] && !notDays.has(name))
  const day = hasDay && !groups.alone ? dayReading(groups, today, clock) : { wall: today, timed: false }
  if (!day || time === 'wrong') return undefined
  const wall = timed(day, time)
  const start = { ...day.wall, hour: 0, minute: 0 }
  const when: When = {
    due: instantOf(plusDays(wall, daysForward(wall, day, { hasDay, clock })), clock.timeZone).toISOString(),
    from: instantOf(start, clock.timeZone).toISOString(),
    to: instantOf(plusDays(start, 1), clock.timeZone).toISOString(),
    hasDay,
    hasTime: time !== undefined || day.timed,
  }
  if (day.recurrence) when.recurrence = day.recurrence
  return when
}

const timed = (day: Reading, time: TimeOfDay | undefined): Wall =>
  time ? { ...day.wall, ...time } : day.timed ? day.wall : { ...day.wall, hour: 23, minute: 59 }

/** A time that has passed today is tomorrow's; a repetition begins with the next of its days. */
function daysForward(wall: Wall, day: Reading, { hasDay, clock }: { hasDay: boolean; clock: Clock }): number {
  if (instantOf(wall, clock.timeZone) > clock.now) return 0
  if (!hasDay) return 1
  return day.recurrence === 'weekly' ? 7 : Number(day.recurrence === 'daily')
}

/** Reads a phrase that is a date and nothing else: "next Friday at 2 PM", "in 3 days", "2026-12-01". */
export function readWhen(phrase: string, clock: Clock): When | undefined {
  if (phrase.length > 80) return undefined
  const norm = phrase.trim().toLowerCase()
  if (!dateHint.test(norm)) return undefined
  const groups = wholeDate.exec(norm)?.groups
  return groups && whenOf(groups, clock)
}

/** Finds the date phrase of a title: after a preposition, or at either end; "the Monday report" has none. */
export function findWhen(norm: string, clock: Clock): FoundWhen | undefined {
  if (!dateHint.test(norm)) return undefined
  for (const match of norm.matchAll(dateAnywhere)) {
    const end = match.index + match[0].length
    const groups: Groups = match.groups ?? {}
    if (!isPlaced(groups, { atStart: match.index === 0, atEnd: end === norm.length })) continue
    const when = whenOf(groups, clock)
    if (when) return { start: match.index, end, when }
    if (groups.preposition && (groups.dayFirst || groups.monthFirst || groups.iso))
      return { start: match.index, end }
  }
  return undefined
}

function isPlaced(groups: Groups, { atStart, atEnd }: { atStart: boolean; atEnd: boolean }): boolean {
  const day = groups.weekday ?? ''
  if (groups.holiday) return /^(?:by|before|on|due|until|no later)/.test(groups.preposition ?? '')
  if (groups.preposition || groups.postposition || groups.every || groups.everyDate) return true
  return (atEnd && !ambiguousDays.has(day)) || (atStart && day === '')
}
