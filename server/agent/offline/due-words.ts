import type { Language } from './language.ts'
import { type Clock, daysBetween, type Wall, wallOf, weekdayOf } from './zone.ts'

/** A due date as people say it, on the clocks of the user: "tomorrow, 14:00". The end of a day needs no time. */

interface Names {
  today: string
  tomorrow: string
  yesterday: string
  at: (day: string, time: string) => string
  weekdays: string[]
  months: string[]
}

const english: Names = {
  today: 'today',
  tomorrow: 'tomorrow',
  yesterday: 'yesterday',
  at: (day, time) => `${day}, ${time}`,
  weekdays: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
  months: 'January February March April May June July August September October November December'.split(' '),
}

const names: Record<Language, Names> = {
  en: english,
  ur: {
    today: 'آج',
    tomorrow: 'کل',
    yesterday: 'گزشتہ کل',
    at: (day, time) => `${day}، ${time}`,
    weekdays: ['اتوار', 'پیر', 'منگل', 'بدھ', 'جمعرات', 'جمعہ', 'ہفتہ'],
    months: 'جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر'.split(' '),
  },
  roman: {
    ...english,
    today: 'aaj',
    tomorrow: 'kal',
    yesterday: 'guzishta kal',
    at: (day, time) => `${day}, ${time}`,
  },
}

/** What a date is told for: whose clocks, which language, and whether the zone was told already. */
export interface Telling {
  clock: Clock
  language: Language
  zoneTold: boolean
  silent: boolean
}

function timeOfDay({ hour, minute }: Wall, hours: Clock['hours']): string {
  const minutes = String(minute).padStart(2, '0')
  if (hours === 24) return `${String(hour).padStart(2, '0')}:${minutes}`
  return `${((hour + 11) % 12) + 1}:${minutes} ${hour < 12 ? 'AM' : 'PM'}`
}

/** UTC is nobody's clock on the wall, so it is named where a time is first shown in an answer. */
function zoneOnce(telling: Telling): string {
  if (telling.zoneTold || telling.clock.timeZone !== 'UTC') return ''
  telling.zoneTold = true
  return ' UTC'
}

export function dueWords(dueAt: string, telling: Telling): string {
  const { clock, language } = telling
  if (telling.silent) return ''
  const at = new Date(dueAt)
  if (Number.isNaN(at.getTime())) return dueAt
  const due = wallOf(at, clock.timeZone)
  const { [language]: say } = names
  const near = { '0': say.today, '1': say.tomorrow, '-1': say.yesterday }[
    String(daysBetween(clock.today, due))
  ]
  const year = due.year === clock.today.year ? '' : ` ${due.year}`
  const date = `${say.weekdays[weekdayOf(due)]} ${due.day} ${say.months[due.month - 1]}${year}`
  const dayOnly = (due.hour === 23 && due.minute === 59) || (due.hour === 0 && due.minute === 0)
  return dayOnly ? (near ?? date) : say.at(near ?? date, timeOfDay(due, clock.hours) + zoneOnce(telling))
}
