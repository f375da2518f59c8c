import type { Recurrence, Task } from '../api/tasks.ts'
import { clockTimeOf, wallTimeOf } from './zoned-time.ts'

export const recurrences: Readonly<Record<Recurrence, string>> = {
  daily: 'Every day',
  weekly: 'Every week',
  monthly: 'Every month',
}

export interface Due {
  /** Such as “Tomorrow, 14:00”. */
  words: string
  state: 'overdue' | 'today' | 'later'
}

/** When a task is due, in words; undefined when it has no date. */
export function dueOf({ due_date, completed }: Task, zone: string, now = new Date()): Due | undefined {
  if (due_date === null) return undefined
  const due = new Date(due_date)
  const days = dayNumber(due, zone) - dayNumber(now, zone)
  const state = due < now && !completed ? 'overdue' : days === 0 ? 'today' : 'later'
  return { words: `${dayWords(due, days, zone)}, ${clockTimeOf(due, zone)}`, state }
}

const dayNumber = (instant: Date, zone: string) =>
  Math.round(Date.parse(`${wallTimeOf(instant, zone).slice(0, 10)}T00:00Z`) / 86_400_000)

function dayWords(due: Date, days: number, zone: string): string {
  if (days === 0) return 'Today'
  if (days === 1) return 'Tomorrow'
  if (days === -1) return 'Yesterday'
  if (days > 1 && days < 7) return due.toLocaleDateString('en-GB', { weekday: 'long', timeZone: zone })
  const isFar = Math.abs(days) > 300
  return due.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(isFar ? { year: 'numeric' } : {}),
    timeZone: zone,
  })
}
