import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nextDueDate, type Schedule } from '../server/store/task-recurrence.ts'
import { openTestDatabase, type TestDatabase } from './support/database.ts'
import { taskClient } from './support/task-api.ts'

let database: TestDatabase
let users = 0
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

const newUser = () => taskClient(database.db, `recurring-${++users}`)

/** Completes the newest task a few times over: the due dates that come of it, the first included. */
async function chain(fields: Record<string, unknown>, steps: number): Promise<(string | null)[]> {
  const { add, complete, read } = newUser()
  let task = await add({ title: 'again', ...fields })
  const due = [task.due_date]
  for (let i = 0; i < steps; i += 1) {
    await complete(task.id, true)
    task = (await read(task.id + 1)).body
    due.push(task.due_date)
  }
  return due.map(date => date?.replace('T00:00:00.000Z', '').replace(':00.000Z', 'Z') ?? null)
}

const newYork = 'America/New_York'
const chains: [name: string, fields: Record<string, unknown>, due: string[]][] = [
  [
    'a month-end clamps and comes back',
    { recurrence: 'monthly', due_date: '2026-01-31' },
    ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31'],
  ],
  [
    'a leap year has 29 February',
    { recurrence: 'monthly', due_date: '2027-12-30' },
    ['2027-12-30', '2028-01-30', '2028-02-29', '2028-03-30'],
  ],
  ['a week', { recurrence: 'weekly', due_date: '2026-12-28' }, ['2026-12-28', '2027-01-04', '2027-01-11']],
  ['a day', { recurrence: 'daily', due_date: '2028-02-28' }, ['2028-02-28', '2028-02-29', '2028-03-01']],
  [
    'a day keeps the hour when summer time begins',
    { recurrence: 'daily', due_date: '2026-03-07T09:00-05:00', time_zone: newYork },
    ['2026-03-07T14:00Z', '2026-03-08T13:00Z', '2026-03-09T13:00Z'],
  ],
  [
    'a week keeps the hour when summer time ends',
    { recurrence: 'weekly', due_date: '2026-10-29T18:00:00-04:00', time_zone: 'america/new_york' },
    ['2026-10-29T22:00Z', '2026-11-05T23:00Z'],
  ],
  [
    'a month keeps the day of its own zone',
    { recurrence: 'monthly', due_date: '2026-01-31T23:30-05:00', time_zone: newYork },
    ['2026-02-01T04:30Z', '2026-03-01T04:30Z', '2026-04-01T03:30Z'],
  ],
  [
    'nothing of that in UTC',
    { recurrence: 'daily', due_date: '2026-03-07T14:00Z' },
    ['2026-03-07T14:00Z', '2026-03-08T14:00Z'],
  ],
]
test.each(chains)('%s', async (_name, fields, due) => {
  expect(await chain(fields, due.length - 1)).toEqual(due)
})

describe('the clocks of a zone', () => {
  const next = (dueDate: string, fields: Partial<Schedule> = {}) =>
    nextDueDate({
      dueDate: new Date(dueDate),
      recurrence: 'daily',
      anchorDay: null,
      timeZone: newYork,
      ...fields,
    })

  test('that skip an hour have the task an hour later', () => {
    expect(next('2026-03-07T07:30:00Z')).toEqual(new Date('2026-03-08T07:30:00Z'))
  })
  test('that show an hour twice have the task in the first', () => {
    expect(next('2026-10-31T05:30:00Z')).toEqual(new Date('2026-11-01T05:30:00Z'))
  })
  test('that skip a whole day have the task on the next', () => {
    const apia = { timeZone: 'Pacific/Apia' }
    expect(next('2011-12-29T22:00:00Z', apia)).toEqual(new Date('2011-12-30T22:00:00Z'))
  })
  test('of old, kept to the second, and of the first years', () => {
    expect(next('1800-01-01T12:00:00Z')).toEqual(new Date('1800-01-02T12:00:00Z'))
    const monthly = { recurrence: 'monthly', anchorDay: 31, timeZone: 'UTC' } as const
    expect(next('0004-01-31T00:00:00Z', monthly)).toEqual(new Date('0004-02-29T00:00:00Z'))
  })
  test('end with the year 9999', () => {
    expect(next('9999-12-31T12:00:00Z')).toBeUndefined()
  })
})

describe('the next task', () => {
  const weekly = {
    title: 'Water plants',
    priority: 'high',
    tags: ['home'],
    due_date: '2026-12-01',
    recurrence: 'weekly',
  }

  test('is made once, whatever is completed and reopened', async () => {
    const { add, complete, list } = newUser()
    const { id } = await add({ ...weekly, description: 'all of them' })
    await complete(id, true)
    await complete(id, true)
    await complete(id, false)
    await complete(id)
    await complete(id)
    await complete(id)
    const { body } = await list('?order=asc')
    expect(body).toHaveLength(2)
    expect(body[1]).toMatchObject({
      ...{ ...weekly, id: 2, description: 'all of them', due_date: '2026-12-08T00:00:00.000Z' },
      ...{ completed: false, completed_at: null },
    })
  })

  test('is not made again after it was deleted', async () => {
    const { add, complete, send, list } = newUser()
    const { id } = await add(weekly)
    await complete(id, true)
    await send('DELETE', '/2')
    await complete(id, false)
    await complete(id, true)
    expect((await list()).body).toMatchObject([{ id, completed: true }])
  })

  test('is made once by ten completions at once', async () => {
    const { add, complete, list } = newUser()
    const { id } = await add(weekly)
    await Promise.all(Array.from({ length: 10 }, () => complete(id, true)))
    expect((await list('?order=asc')).body).toMatchObject([
      { id, completed: true },
      { id: 2, completed: false },
    ])
  })

  test('is made once by each of many tasks completed while others are added', async () => {
    const { add, complete, list } = newUser()
    for (let i = 0; i < 5; i += 1) await add(weekly)
    await Promise.all(
      [1, 2, 3, 4, 5].flatMap(id => [complete(id, true), complete(id, true), add({ title: 'other' })]),
    )
    const ids = (await list('?order=asc&limit=200')).body.map(task => task.id).sort((a, b) => a - b)
    expect(ids).toEqual(Array.from({ length: 15 }, (_, i) => i + 1))
  })

  test('is not made by a task that does not recur, nor at the end of time', async () => {
    const { add, complete, list } = newUser()
    await add({ title: 'once', due_date: '2026-12-01' })
    await add({ title: 'last', due_date: '9999-12-31', recurrence: 'daily' })
    await complete(1)
    await complete(2)
    expect((await list()).body.map(task => task.completed)).toEqual([true, true])
  })
})

describe('the anchor of a monthly task', () => {
  const monthly = { title: 'Rent', due_date: '2026-01-31', recurrence: 'monthly' }

  async function afterFebruary(fields: Record<string, unknown>) {
    const { add, complete, change, read } = newUser()
    await add(monthly)
    await complete(1, true)
    await change(2, fields)
    await complete(2, true)
    return (await read(3)).body.due_date?.slice(0, 10)
  }

  test('stays when other things change, or when the same is written again', async () => {
    expect(await afterFebruary({ title: 'Rent!' })).toBe('2026-03-31')
    expect(await afterFebruary({ due_date: '2026-02-28', recurrence: 'monthly' })).toBe('2026-03-31')
  })
  test('moves with the due date', async () => {
    expect(await afterFebruary({ due_date: '2026-02-15' })).toBe('2026-03-15')
  })
})
