import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TaskView } from '../server/store/task-view.ts'
import { openTestDatabase, type TestDatabase } from './support/database.ts'
import { type Answer, taskClient } from './support/task-api.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

const titles = (tasks: TaskView[]) => tasks.map(task => task.title).sort()

describe('filters', () => {
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
  const list = (query: string) => taskClient(database.db, 'filters').list(query)

  beforeAll(async () => {
    const { add, complete } = taskClient(database.db, 'filters')
    await add({ title: 'Buy MILK', priority: 'high', tags: ['Shop', 'home'], due_date: inDays(-3) })
    await add({ title: 'Pay 100% of_rent', description: 'by \\ bank', priority: 'low' })
    await add({
      title: 'Call mom',
      description: 'about the milkman',
      tags: ['shopping'],
      due_date: inDays(3),
    })
    const { id } = await add({ title: 'Old news', priority: 'high', tags: ['home'], due_date: inDays(-3) })
    await complete(id)
    await add({ title: 'Someday', description: 'ÄRGER' })
    await taskClient(database.db, 'outsider').add({ title: 'Buy milk', priority: 'high', tags: ['home'] })
  })

  const all = ['Buy MILK', 'Call mom', 'Old news', 'Pay 100% of_rent', 'Someday']
  const scenarios: [query: string, expected: string[]][] = [
    ['', all],
    ['?status=all', all],
    ['?status=&priority=&tag=&search=&due=&sort=&order=&limit=&after=', all],
    ['?status=pending', all.filter(title => title !== 'Old news')],
    ['?status=Completed', ['Old news']],
    ['?priority=HIGH', ['Buy MILK', 'Old news']],
    ['?priority=medium', ['Call mom', 'Someday']],
    ['?tag=shop', ['Buy MILK']],
    ['?tag=HOME', ['Buy MILK', 'Old news']],
    ['?tag=hom', []],
    ['?search=milk', ['Buy MILK', 'Call mom']],
    ['?search=%25', ['Pay 100% of_rent']],
    ['?search=_', ['Pay 100% of_rent']],
    ['?search=%5C', ['Pay 100% of_rent']],
    ["?search='", []],
    ['?search=shop', []],
    ['?due=overdue', ['Buy MILK']],
    ['?due=overdue&status=completed', []],
    ['?due=upcoming', ['Call mom']],
    ['?priority=high&status=pending&tag=home', ['Buy MILK']],
    ['?unknown=1', all],
  ]
  test.each(scenarios)('%s', async (query, expected) => {
    const { status, body } = await list(query)
    expect(status).toBe(200)
    expect(titles(body)).toEqual(expected)
  })
})

describe('today', () => {
  /** A zone whose clocks show about noon now, so that hours either way are the same day. */
  const offset = 12 - new Date().getUTCHours()
  const noonish = offset === 0 ? 'UTC' : `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`
  const wall = (days: number, time: string) => {
    const local = new Date(Date.now() + offset * 3_600_000 + days * 86_400_000)
    const sign = offset < 0 ? '-' : '+'
    return `${local.toISOString().slice(0, 10)}T${time}${sign}${String(Math.abs(offset)).padStart(2, '0')}:00`
  }

  test('begins and ends with the day of the time zone', async () => {
    const { add, list } = taskClient(database.db, 'today')
    await add({ title: 'yesterday', due_date: wall(-1, '23:59:59') })
    await add({ title: 'first', due_date: wall(0, '00:00:00') })
    await add({ title: 'last', due_date: wall(0, '23:59:59') })
    await add({ title: 'tomorrow', due_date: wall(1, '00:00:00') })
    const query = `time_zone=${encodeURIComponent(noonish)}`
    expect(titles((await list(`?due=today&${query}`)).body)).toEqual(['first', 'last'])
    expect(titles((await list(`?due=upcoming&${query}`)).body)).toEqual(['tomorrow'])
    expect(titles((await list('?due=overdue')).body)).toEqual(['first', 'yesterday'])
  })
})

describe('sorts', () => {
  const list = async (query: string) =>
    (await taskClient(database.db, 'sorts').list(query)).body.map(task => task.id)

  beforeAll(async () => {
    const { add } = taskClient(database.db, 'sorts')
    await add({ title: 'banana', priority: 'low', due_date: '2026-03-01' })
    await add({ title: 'Apple', priority: 'high' })
    await add({ title: 'cherry', due_date: '2026-01-01' })
    await add({ title: 'APPLE', priority: 'high', due_date: '2026-02-01' })
  })

  const scenarios: [query: string, ids: number[]][] = [
    ['', [4, 3, 2, 1]],
    ['?order=asc', [1, 2, 3, 4]],
    ['?sort=created_at', [4, 3, 2, 1]],
    ['?sort=due_date', [3, 4, 1, 2]],
    ['?sort=due_date&order=asc', [3, 4, 1, 2]],
    ['?sort=due_date&order=desc', [1, 4, 3, 2]],
    ['?sort=priority', [4, 2, 3, 1]],
    ['?sort=priority&order=asc', [1, 3, 2, 4]],
    ['?sort=title', [2, 4, 1, 3]],
    ['?sort=title&order=desc', [3, 1, 4, 2]],
    ['?sort=TITLE&order=ASC&limit=2', [2, 4]],
  ]
  test.each(scenarios)('%s', async (query, ids) => {
    expect(await list(query)).toEqual(ids)
  })
})

describe('pages', () => {
  const client = () => taskClient(database.db, 'pages')
  const priorities = ['low', 'medium', 'high']

  beforeAll(async () => {
    for (let i = 0; i < 120; i += 1) {
      await client().add({
        title: `${'abcdefgh'[i % 8]} ${i % 3 === 0 ? 'Same' : i}`,
        priority: priorities[i % 3],
        ...(i % 4 === 0 ? {} : { due_date: `2026-01-${10 + (i % 7)}` }),
      })
    }
  })

  async function walk(query: string): Promise<TaskView[][]> {
    const pages: TaskView[][] = []
    for (let next: string | undefined = `/api/pages/tasks?${query}`; next; ) {
      const page: Answer<TaskView[]> = await client().send('GET', next)
      expect(page.status).toBe(200)
      pages.push(page.body)
      next = page.next
    }
    return pages
  }

  const sorts = ['created_at', 'due_date', 'priority', 'title']
  const orders = sorts.flatMap(sort => ['asc', 'desc'].map(order => [sort, order] as const))
  test.each(orders)('by %s %s hold every task once, in the order of the whole list', async (sort, order) => {
    const whole = (await client().list(`?sort=${sort}&order=${order}&limit=200`)).body
    expect(new Set(whole.map(task => task.id)).size).toBe(120)
    const pages = await walk(`sort=${sort}&order=${order}&limit=7`)
    expect(pages.map(page => page.length)).toEqual([...Array(17).fill(7), 1])
    expect(pages.flat()).toEqual(whole)
  })

  test('are of 50 when no limit is given, and keep the filter', async () => {
    const pages = await walk('priority=low&limit=')
    expect(pages.map(page => page.length)).toEqual([40])
    expect((await walk('')).map(page => page.length)).toEqual([50, 50, 20])
    expect((await walk('limit=40')).map(page => page.length)).toEqual([40, 40, 40])
    const low = await walk('priority=low&limit=15')
    expect(low.map(page => page.length)).toEqual([15, 15, 10])
    expect(low.flat().every(task => task.priority === 'low')).toBe(true)
  })

  test('go on rightly when the task they ended with is deleted and another is added', async () => {
    const moving = taskClient(database.db, 'moving')
    for (const title of ['a', 'b', 'c', 'd']) await moving.add({ title })
    const first = await moving.list('?sort=title&limit=2')
    await moving.send('DELETE', '/2')
    await moving.add({ title: 'aa' })
    expect((await moving.send<TaskView[]>('GET', first.next ?? '')).body.map(task => task.title)).toEqual([
      'c',
      'd',
    ])
  })

  test('refuse a cursor of another order, and one that was tampered with', async () => {
    const { next = '' } = await client().list('?sort=priority&limit=5')
    const after = new URL(next, 'http://x').searchParams.get('after') ?? ''
    const forge = (...cursor: unknown[]) => Buffer.from(JSON.stringify(cursor)).toString('base64url')
    const queries = [
      `sort=title&after=${after}`,
      `sort=priority&order=asc&after=${after}`,
      `sort=priority&after=${after.slice(2)}`,
      `sort=priority&after=${forge('priority', 'desc', 'x', 1)}`,
      `sort=priority&after=${forge('priority', 'desc', '9223372036854775808', 1)}`,
      `sort=priority&after=${forge('priority', 'desc', '1', 1e12)}`,
      `sort=title&after=${forge('title', 'asc', 'a\0', 1)}`,
      `sort=title&after=${forge('title')}`,
    ]
    for (const query of queries) {
      expect(await client().list(`?${query}`)).toMatchObject({ status: 400, body: { code: 'invalid' } })
    }
  })
})
