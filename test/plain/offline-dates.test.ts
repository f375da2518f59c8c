import { expect, test } from 'vitest'
import { findWhen, readWhen } from '../../server/agent/offline/dates.ts'
import { clockOf } from '../../server/agent/offline/zone.ts'
import { datePhrases } from '../fixtures/date-phrases.ts'

/** A Wednesday, late in the evening in Karachi. */
const clockAt = (now: string, timeZone = 'UTC') => clockOf({ now, timeZone, locale: 'en-GB' })
const clock = clockAt('2026-11-25T15:00:00Z')
const endOf = (day: string) => `${day}T23:59:00.000Z`

test.each([
  ['today', endOf('2026-11-25')],
  ['tomorrow', endOf('2026-11-26')],
  ['day after tomorrow', endOf('2026-11-27')],
  ['Friday', endOf('2026-11-27')],
  ['next Friday', endOf('2026-12-04')],
  ['Wednesday', endOf('2026-12-02')],
  ['in 3 days', endOf('2026-11-28')],
  ['in two weeks', endOf('2026-12-09')],
  ['in 2 hours', '2026-11-25T17:00:00.000Z'],
  ['end of month', endOf('2026-11-30')],
  ['next month', endOf('2026-12-01')],
  ['5 March', endOf('2027-03-05')],
  ['March 5th', endOf('2027-03-05')],
  ['on 5 March at 14:30', '2027-03-05T14:30:00.000Z'],
  ['31/12/2026', endOf('2026-12-31')],
  ['2026-12-24', endOf('2026-12-24')],
  ['2026-12-24T10:00:00+05:00', '2026-12-24T05:00:00.000Z'],
  ['Monday at 2 PM', '2026-11-30T14:00:00.000Z'],
  ['5pm', '2026-11-25T17:00:00.000Z'],
  ['9am', '2026-11-26T09:00:00.000Z'],
  ['at noon tomorrow', '2026-11-26T12:00:00.000Z'],
  ['tomorrow morning', '2026-11-26T09:00:00.000Z'],
  ['kal subah 9 baje', '2026-11-26T09:00:00.000Z'],
  ['aaj raat 8 baje', '2026-11-25T20:00:00.000Z'],
  ['کل شام 5 بجے', '2026-11-26T17:00:00.000Z'],
  ['kal', endOf('2026-11-26')],
  ['کل', endOf('2026-11-26')],
])('%s', (phrase, due) => expect(readWhen(phrase, clock)?.due).toBe(due))

test.each(datePhrases)('“%s”', (phrase, due) => expect(readWhen(phrase, clock)?.due).toBe(due))

test.each(['Blursday', '30 February', '2026-02-30', '25:00', 'in many days', '', '13/13/2026'])(
  '“%s” is no date',
  phrase => expect(readWhen(phrase, clock)).toBeUndefined(),
)

test('the last of a month clamps, and a leap day is one', () => {
  expect(readWhen('in 1 month', clockAt('2027-01-31T10:00:00Z'))?.due).toBe(endOf('2027-02-28'))
  expect(readWhen('29 February 2028', clock)?.due).toBe(endOf('2028-02-29'))
  expect(readWhen('29 February 2027', clock)).toBeUndefined()
})

test('a day keeps its wall clock across a change of summer time', () => {
  const berlin = clockAt('2027-03-27T10:00:00Z', 'Europe/Berlin')
  expect(readWhen('today at 9:30 pm', berlin)?.due).toBe('2027-03-27T20:30:00.000Z')
  expect(readWhen('tomorrow at 9:30 pm', berlin)?.due).toBe('2027-03-28T19:30:00.000Z')
})

test.each([
  ['America/New_York', '2027-03-14 at 2:30 am', '2027-03-14T07:30:00.000Z'],
  ['Europe/Berlin', '2027-03-28 at 2:30 am', '2027-03-28T01:30:00.000Z'],
  ['America/New_York', '2027-11-07 at 1:30 am', '2027-11-07T05:30:00.000Z'],
  ['Europe/Berlin', '2027-10-31 at 2:30 am', '2027-10-31T00:30:00.000Z'],
])(
  'in %s an hour that clocks skip is meant later, one they show twice the first time: %s',
  (timeZone, phrase, due) => {
    expect(readWhen(phrase, clockAt('2027-01-01T10:00:00Z', timeZone))?.due).toBe(due)
  },
)

test.each([
  ['call mom tomorrow', 'tomorrow'],
  ['review the report by friday', 'by friday'],
  ['weekly meeting every monday at 10am', 'every monday at 10am'],
  ['submit on 5 march at 14:30 to bob', 'on 5 march at 14:30'],
  ['read the monday report', undefined],
  ['enjoy the sun', undefined],
  ['morning run', undefined],
  ['go by the door', undefined],
  ['buy 3 apples', undefined],
])('in “%s” the date is %s', (title, phrase) => {
  const found = findWhen(title, clock)
  expect(found && title.slice(found.start, found.end)).toBe(phrase)
})
