import type { Language } from './language.ts'
import { type Clock, daysBetween, wallOf, weekdayOf } from './zone.ts'

/** A due date as people say it, on the clocks of the user. The end of a day needs no time of day. */

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
  at: (day, time) => `${day} at ${time}`,
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

const timeOfDay = (hour: number, minute: number) =>
  `${((hour + 11) % 12) + 1}:${String(minute).padStart(2, '0')} ${hour < 12 ? 'AM' : 'PM'}`

export function dueWords(dueAt: string, clock: Clock, language: Language): string {
  const at = new Date(dueAt)
  if (Number.isNaN(at.getTime())) return dueAt
  const due = wallOf(at, clock.timeZone)
  const today = wallOf(clock.now, clock.timeZone)
  const { [language]: say } = names
  const near = { '0': say.today, '1': say.tomorrow, '-1': say.yesterday }[String(daysBetween(today, due))]
  const year = due.year === today.year ? '' : ` ${due.year}`
  const date = `${say.weekdays[weekdayOf(due)]} ${due.day} ${say.months[due.month - 1]}${year}`
  const dayOnly = (due.hour === 23 && due.minute === 59) || (due.hour === 0 && due.minute === 0)
  return dayOnly ? (near ?? date) : say.at(near ?? date, timeOfDay(due.hour, due.minute))
}
