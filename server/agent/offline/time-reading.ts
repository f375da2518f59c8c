import { clockWords, dayTimes } from './day-words.ts'

/** What the time part of a date phrase means. */

/** The named groups of the date pattern. */
export type Groups = Record<string, string | undefined>

export interface TimeOfDay {
  hour: number
  minute: number
}

const hourMinute = (hour: number, minute: number): TimeOfDay | undefined =>
  hour >= 0 && hour < 24 && minute >= 0 && minute < 60 ? { hour, minute } : undefined

/** "at 5" is the afternoon's, "at 9" the morning's: nobody meets at five in the night. */
const likelyHour = (hour: number) => (hour >= 1 && hour <= 7 ? hour + 12 : hour)

/** The hour in the half of the day that the phrase tells, or the likelier one. */
function halved(hour: number, groups: Groups): number {
  const late = groups.half ?? (/^(?:tonight|tonite)$/.test(groups.near ?? '') ? 'night' : groups.timePart)
  if (late === 'morning') return hour % 12
  if (late && hour < 12) return hour + 12
  return likelyHour(hour)
}

const hourOf = (word: string) => clockWords[word] ?? Number(word)

const minuteWords: Record<string, number> = {
  ...{ half: 30, quarter: 15, five: 5, ten: 10, twenty: 20, 'twenty five': 25, 'twenty-five': 25 },
}

/** "half past 3", "quarter to six". */
function relativeTime(text: string, groups: Groups): TimeOfDay | undefined {
  const match =
    /^(?<minutes>[\w -]+?)(?: +minutes?)? +(?<side>past|after|to|till) +(?<hour>\w+)(?: *(?<half>[ap]))?/.exec(
      text,
    )?.groups
  if (!match) return undefined
  const minutes = minuteWords[match.minutes ?? ''] ?? Number(match.minutes)
  const hour = withHalf(hourOf(match.hour ?? ''), match.half, groups)
  const before = match.side === 'to' || match.side === 'till'
  return before ? hourMinute((hour + 23) % 24, 60 - minutes) : hourMinute(hour, minutes)
}

const withHalf = (hour: number, half: string | undefined, groups: Groups) =>
  half ? (hour % 12) + (half === 'p' ? 12 : 0) : halved(hour, groups)

/** "subah 9 baje": the part of the day, when it is told, says which half. */
function urduTime(text: string, hour: number, minute: number) {
  if (/subah|صبح/.test(text)) return hourMinute(hour % 12, minute)
  const isLate = /dopahar|shaam|raat|دوپہر|شام|رات/.test(text) && hour < 12
  return hourMinute(isLate ? hour + 12 : likelyHour(hour), minute)
}

function clockTime(text: string, groups: Groups): TimeOfDay | undefined {
  const [first = '', second = '0'] = text.match(/\d+/g) ?? [text.match(/^[a-z]+/)?.[0]]
  const [hour, minute] = [hourOf(first), Number(second)]
  if (/baj|بجے/.test(text)) return urduTime(text, hour, minute)
  if (/clock/.test(text)) return hourMinute(halved(hour, groups), 0)
  const half = /(?<half>[ap])\.?m/.exec(text)?.groups?.half
  if (half) return hour >= 1 && hour <= 12 ? hourMinute(withHalf(hour, half, groups), minute) : undefined
  // "3:15" is the afternoon's; who means the night writes "03:15".
  const bare = /^\d$/.test(first) && !groups.half
  if (bare) return hourMinute(halved(hour, groups), minute)
  return groups.half && hour < 12 ? hourMinute(halved(hour, groups), minute) : hourMinute(hour, minute)
}

/** Undefined when there is none, `wrong` when there is one that no clock shows. */
export function timeOf(groups: Groups): TimeOfDay | 'wrong' | undefined {
  const { time, timeBare, timePart, lead } = groups
  if (time) return relativeTime(time, groups) ?? clockTime(time, groups) ?? 'wrong'
  if (timeBare && /^\d{4}$/.test(timeBare))
    return hourMinute(Number(timeBare.slice(0, 2)), Number(timeBare.slice(2))) ?? 'wrong'
  if (timeBare) return hourMinute(halved(hourOf(timeBare), groups), 0) ?? 'wrong'
  if (timePart) return { hour: dayTimes[timePart] ?? 9, minute: 0 }
  return lead?.startsWith('first') || lead === 'early' ? { hour: 9, minute: 0 } : undefined
}
