import type { DueReminder } from '../store/due-reminders.ts'
import { canonicalZone, wallTimeOf } from '../wall-clock.ts'

/**
 * Writes a reminder without a model: "**Call mom** is due in 1 hour, today at 14:00." Days and distances are formatted
 * by Intl in the user's language; the sentences around them are ours.
 */
interface Sentences {
  due: (title: string, distance: string, at: string) => string
  wasDue: (title: string, distance: string, at: string) => string
  dueNow: (title: string) => string
  withoutDate: (title: string) => string
  late: (at: string, sentence: string) => string
  at: (day: string, time: string) => string
}

const english: Sentences = {
  due: (title, distance, at) => `${title} is due ${distance}, ${at}.`,
  wasDue: (title, distance, at) => `${title} was due ${distance}, ${at}.`,
  dueNow: title => `${title} is due now.`,
  withoutDate: title => `Reminder: ${title}.`,
  late: (at, sentence) => `Late, for ${at}: this was due while no server was running. ${sentence}`,
  at: (day, time) => `${day} at ${time}`,
}

const urdu: Sentences = {
  due: (title, distance, at) => `${title} کا وقت ${distance} ہے: ${at}۔`,
  wasDue: (title, distance, at) => `${title} کا وقت ${distance} تھا: ${at}۔`,
  dueNow: title => `${title} کا وقت ابھی ہے۔`,
  withoutDate: title => `یاد دہانی: ${title}۔`,
  late: (at, sentence) => `دیر سے، ${at} کے لیے: اس وقت سرور بند تھا۔ ${sentence}`,
  at: (day, time) => `${day}، ${time}`,
}

const minuteMs = 60_000
const dayMs = 86_400_000

export function reminderWords(reminder: DueReminder): string {
  const language: Clock['language'] = reminder.locale.toLowerCase().startsWith('ur') ? 'ur' : 'en'
  const say = language === 'ur' ? urdu : english
  const now = new Date(reminder.now)
  const clock = { now, timeZone: canonicalZone(reminder.time_zone) ?? 'UTC', language, say }
  const sentence = sentenceOf(reminder, clock)
  return reminder.late ? say.late(momentOf(new Date(reminder.remind_at), clock), sentence) : sentence
}

interface Clock {
  now: Date
  timeZone: string
  language: 'en' | 'ur'
  say: Sentences
}

function sentenceOf({ title, due_date }: DueReminder, clock: Clock): string {
  const { say, now } = clock
  // A title may contain anything: it must not end the emphasis or start a new line.
  const name = `**${title.replace(/\s+/g, ' ').replace(/[\\*_`[\]<>]/g, '\\$&')}**`
  if (due_date === null) return say.withoutDate(name)
  const due = new Date(due_date)
  const minutes = Math.round((due.getTime() - now.getTime()) / minuteMs)
  if (minutes === 0) return say.dueNow(name)
  const distance = distanceOf(minutes, clock.language)
  return (minutes > 0 ? say.due : say.wasDue)(name, distance, momentOf(due, clock))
}

/** In the largest unit that is still precise: 90 minutes are not "in 2 hours". */
function distanceOf(minutes: number, language: string): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'always' })
  const size = Math.abs(minutes)
  if (size < 120 && size !== 60) return format.format(minutes, 'minute')
  if (size < 48 * 60) return format.format(Math.round(minutes / 60), 'hour')
  return format.format(Math.round(minutes / (24 * 60)), 'day')
}

/** "today at 14:00", "Friday 27 November at 09:30", in the user's time zone. */
function momentOf(at: Date, { now, timeZone, language, say }: Clock): string {
  const wall = wallTimeOf(at, timeZone)
  const days = Math.floor(wall / dayMs) - Math.floor(wallTimeOf(now, timeZone) / dayMs)
  const time = new Date(wall).toISOString().slice(11, 16)
  if (Math.abs(days) <= 1) {
    return say.at(new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(days, 'day'), time)
  }
  const isSameYear = new Date(wall).getUTCFullYear() === new Date(wallTimeOf(now, timeZone)).getUTCFullYear()
  const date = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    ...{ timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long' },
    ...(isSameYear ? {} : { year: 'numeric' }),
  }).format(wall)
  return say.at(date, time)
}
