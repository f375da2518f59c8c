import { describe, expect, test } from 'vitest'
import { reminderWords } from '../../server/agent/reminder-words.ts'
import type { DueReminder } from '../../server/store/due-reminders.ts'

const reminder: DueReminder = {
  task_id: 1,
  title: 'Call mom',
  due_date: '2026-11-27T09:00:00+00:00',
  remind_at: '2026-11-27T08:00:00+00:00',
  now: '2026-11-27T08:00:00.8+00:00',
  late: false,
  time_zone: 'Asia/Karachi',
  locale: 'en-US',
  seen: '2026-11-20T08:00:00+00:00',
}

describe('a reminder', () => {
  test.each<[string, Partial<DueReminder>, string]>([
    ['an hour before', {}, '**Call mom** is due in 1 hour, today at 14:00.'],
    [
      'half an hour before',
      { due_date: '2026-11-27T08:30:00Z' },
      '**Call mom** is due in 30 minutes, today at 13:30.',
    ],
    [
      'an hour and a half before',
      { due_date: '2026-11-27T09:30:00Z' },
      '**Call mom** is due in 90 minutes, today at 14:30.',
    ],
    [
      'a day before',
      { due_date: '2026-11-28T08:00:00Z' },
      '**Call mom** is due in 24 hours, tomorrow at 13:00.',
    ],
    [
      'after midnight of the zone',
      { due_date: '2026-11-27T19:00:00Z' },
      '**Call mom** is due in 11 hours, tomorrow at 00:00.',
    ],
    [
      'a week before',
      { due_date: '2026-12-04T08:00:00Z' },
      '**Call mom** is due in 7 days, Friday 4 December at 13:00.',
    ],
    [
      'in another year',
      { due_date: '2027-01-04T08:00:00Z' },
      '**Call mom** is due in 38 days, Monday, 4 January 2027 at 13:00.',
    ],
    ['at the time', { due_date: '2026-11-27T08:00:00Z' }, '**Call mom** is due now.'],
    ['after it', { due_date: '2026-11-27T06:00:00Z' }, '**Call mom** was due 2 hours ago, today at 11:00.'],
    ['of a task without a date', { due_date: null }, 'Reminder: **Call mom**.'],
    [
      'after a time without a server',
      { now: '2026-11-29T08:00:00Z', late: true },
      'Late, for Friday 27 November at 13:00: this was due while no server was running. **Call mom** was due 47 hours ago, Friday 27 November at 14:00.',
    ],
    [
      'in a zone that is none',
      { time_zone: 'Mars/Olympus' },
      '**Call mom** is due in 1 hour, today at 09:00.',
    ],
    ['in Urdu', { locale: 'ur-PK' }, '**Call mom** کا وقت 1 گھنٹے میں ہے: آج، 14:00۔'],
    [
      'with a title that would be more than one',
      { title: '**Ends**\n# Heading [link](x) <b>' },
      '**\\*\\*Ends\\*\\* # Heading \\[link\\](x) \\<b\\>** is due in 1 hour, today at 14:00.',
    ],
  ])('%s', (_, changes, words) => {
    expect(reminderWords({ ...reminder, ...changes })).toBe(words)
  })
})
