import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withUser } from '../server/db/database.ts'
import { findTask } from '../server/store/tasks.ts'
import { openTestDatabase, type TestDatabase } from './support/database.ts'
import { type Sending, taskClient } from './support/task-api.ts'

let database: TestDatabase
let users = 0
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

/** A user without tasks. */
const newUser = () => taskClient(database.db, `user-${++users}`)

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

test('a task is given back whole, numbered from one', async () => {
  const { send } = newUser()
  const { status, body } = await send<Record<string, unknown>>('POST', '', {
    body: {
      title: '  Buy milk ',
      description: ' Two litres ',
      priority: 'HIGH',
      tags: [' Home ', 'home', 'shop'],
      due_date: '2026-12-01T09:30:00+05:00',
      recurrence: 'Weekly',
    },
  })
  expect(status).toBe(201)
  expect(body).toEqual({
    id: 1,
    title: 'Buy milk',
    description: 'Two litres',
    completed: false,
    status: 'pending',
    priority: 'high',
    tags: ['Home', 'shop'],
    due_date: '2026-12-01T04:30:00.000Z',
    recurrence: 'weekly',
    created_at: expect.stringMatching(instant),
    updated_at: body.created_at,
    completed_at: null,
  })
})

test('a task of only a title has the defaults, and unknown fields do not matter', async () => {
  const { add, list } = newUser()
  const task = await add({
    title: 'x',
    user_id: 'mallory',
    id: 77,
    completed: true,
    description: null,
    tags: null,
  })
  expect(task).toMatchObject({
    ...{ id: 1, description: null, completed: false, priority: 'medium', tags: [] },
    ...{ due_date: null, recurrence: null, completed_at: null },
  })
  expect((await list()).body).toEqual([task])
  expect((await taskClient(database.db, 'mallory').list()).body).toEqual([])
})

const emoji = '😀'
const refused: [name: string, method: string, path: string, sending: Sending, detail: RegExp][] = [
  ['no title', 'POST', '', { body: {} }, /^title: /],
  ['a null title', 'POST', '', { body: { title: null } }, /^title: /],
  ['a number for a title', 'POST', '', { body: { title: 5 } }, /^title: /],
  ['a blank title', 'POST', '', { body: { title: ' \n ' } }, /title: must not be blank/],
  ['an invisible title', 'POST', '', { body: { title: '\u200b\u200d' } }, /title: must not be blank/],
  ['201 code points of title', 'POST', '', { body: { title: emoji.repeat(201) } }, /at most 200 characters/],
  ['NUL in the title', 'POST', '', { body: { title: 'a\0b' } }, /title: .*NUL/],
  ['half a character', 'POST', '', { body: { title: 'a\ud800' } }, /title: .*well-formed/],
  [
    '1001 code points of description',
    'POST',
    '',
    { body: { title: 'x', description: emoji.repeat(1001) } },
    /at most 1000/,
  ],
  ['NUL in the description', 'POST', '', { body: { title: 'x', description: '\0' } }, /description: .*NUL/],
  [
    'another priority',
    'POST',
    '',
    { body: { title: 'x', priority: 'urgent' } },
    /priority: must be one of low, medium, high/,
  ],
  ['a number for a priority', 'POST', '', { body: { title: 'x', priority: 1 } }, /priority/],
  ['eleven tags', 'POST', '', { body: { title: 'x', tags: [...'abcdefghijk'] } }, /tags: must be at most 10/],
  [
    'a long tag',
    'POST',
    '',
    { body: { title: 'x', tags: [emoji.repeat(21)] } },
    /tags.0: must be at most 20/,
  ],
  ['a blank tag', 'POST', '', { body: { title: 'x', tags: ['a', ' '] } }, /tags.1: must not be blank/],
  ['NUL in a tag', 'POST', '', { body: { title: 'x', tags: ['\0'] } }, /tags.0: .*NUL/],
  ['tags that are no list', 'POST', '', { body: { title: 'x', tags: 'a' } }, /tags/],
  [
    'another recurrence',
    'POST',
    '',
    { body: { title: 'x', due_date: '2026-01-01', recurrence: 'hourly' } },
    /recurrence: must be one of/,
  ],
  [
    'recurrence without a due date',
    'POST',
    '',
    { body: { title: 'x', recurrence: 'daily' } },
    /recurrence: needs a due date/,
  ],
  ['an unknown time zone', 'POST', '', { body: { title: 'x', time_zone: 'Mars/Olympus' } }, /time_zone/],
  ['a body that is no object', 'POST', '', { body: ['x'] }, /./],
  ['a body that is no JSON', 'POST', '', { raw: '{"title":' }, /./],
  ['no body', 'POST', '', {}, /./],
  ['a title taken away', 'PUT', '/1', { body: { title: null } }, /^title: /],
  [
    'recurrence set without a due date',
    'PUT',
    '/1',
    { body: { recurrence: 'daily' } },
    /recurrence: needs a due date/,
  ],
  [
    'a due date taken from a recurrence',
    'PUT',
    '/1',
    { body: { due_date: null, recurrence: 'daily' } },
    /needs a due date/,
  ],
  ['no number', 'GET', '/abc', {}, /^id: /],
  ['number zero', 'GET', '/0', {}, /^id: /],
  ['a negative number', 'DELETE', '/-1', {}, /^id: /],
  ['half a number', 'PUT', '/1.5', { body: { title: 'x' } }, /^id: /],
  ['a number past 32 bits', 'PATCH', '/2147483648/complete', {}, /^id: /],
  ['an immense number', 'GET', '/99999999999999999999', {}, /^id: /],
  [
    'completed as text',
    'PATCH',
    '/1/complete',
    { body: { completed: 'yes' } },
    /completed: must be true or false/,
  ],
  [
    'completed as null',
    'PATCH',
    '/1/complete',
    { body: { completed: null } },
    /completed: must be true or false/,
  ],
  ['a completion that is no JSON', 'PATCH', '/1/complete', { raw: '{' }, /completed: must be true or false/],
  ['another status', 'GET', '?status=open', {}, /^status: must be one of/],
  ['another sort', 'GET', '?sort=user_id', {}, /^sort: must be one of/],
  ['another order', 'GET', '?order=up', {}, /^order: must be one of/],
  ['another due', 'GET', '?due=never', {}, /^due: must be one of/],
  ['limit zero', 'GET', '?limit=0', {}, /^limit: /],
  ['limit 201', 'GET', '?limit=201', {}, /^limit: /],
  ['limit as text', 'GET', '?limit=ten', {}, /^limit: /],
  ['NUL in a search', 'GET', '?search=%00', {}, /^search: .*NUL/],
  ['a filter given twice', 'GET', '?priority=low&priority=high', {}, /^priority: /],
  ['an unknown zone of today', 'GET', '?due=today&time_zone=Nowhere', {}, /^time_zone: /],
  ['a made-up cursor', 'GET', '?after=abc', {}, /^after: /],
]

test.each(refused)('%s is a 400', async (_name, method, path, sending, detail) => {
  const client = newUser()
  await client.add({ title: 'kept' })
  const { status, body } = await client.send(method, path, sending)
  expect({ status, body }).toEqual({
    status: 400,
    body: {
      type: 'urn:colloquy:problem:invalid',
      title: expect.any(String),
      status: 400,
      detail: expect.stringMatching(detail),
      code: 'invalid',
    },
  })
  expect((await client.list()).body).toMatchObject([{ title: 'kept', completed: false }])
})

test('lengths are counted in code points, after trimming', async () => {
  const fields = {
    title: emoji.repeat(200),
    description: emoji.repeat(1000),
    tags: Array.from({ length: 10 }, (_, i) => emoji.repeat(19) + i),
  }
  const { add } = newUser()
  expect(await add({ ...fields, title: `  ${fields.title}\n` })).toMatchObject(fields)
})

test('text comes back as it was sent', async () => {
  const { add, read } = newUser()
  const fields = {
    title: `'; drop table tasks; -- "\\ {} %_`,
    description: 'دودھ لانا\n\t<script>',
    tags: ['a,b', '{c}', 'NULL', '"d"', 'e\\', "f'g", 'ہفتہ'],
  }
  const { id } = await add(fields)
  expect((await read(id)).body).toMatchObject(fields)
})

describe('due dates', () => {
  const taken: [given: string, due: string][] = [
    ['2026-12-01', '2026-12-01T00:00:00.000Z'],
    ['2026-12-01T10:00Z', '2026-12-01T10:00:00.000Z'],
    ['2026-12-01t10:00:05z', '2026-12-01T10:00:05.000Z'],
    ['2026-12-01 10:00:05.123456+05:30', '2026-12-01T04:30:05.123Z'],
    ['2026-12-01T10:00:00-0800', '2026-12-01T18:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['1999-01-01', '1999-01-01T00:00:00.000Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000Z'],
    ['0099-07-04T12:00:00Z', '0099-07-04T12:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ]
  test.each(taken)('%s is %s', async (given, due) => {
    const { add, read } = newUser()
    const { id } = await add({ title: 'x', due_date: given })
    expect((await read(id)).body.due_date).toBe(due)
  })

  const wrong = [
    ...[
      '',
      'tomorrow',
      '2026',
      '2026-12',
      '2026-13-01',
      '2026-02-29',
      '2026-04-31',
      '2026-00-10',
      '2026-01-00',
    ],
    ...[
      '0000-01-01',
      '10000-01-01',
      '+002026-01-01',
      '2026-1-1',
      '20261201',
      '2026-12-01T10:00',
      '2026-12-01T',
    ],
    ...[
      '2026-12-01T24:00Z',
      '2026-12-01T10:60Z',
      '2026-12-01T10:00:60Z',
      '2026-12-01T10Z',
      '2026-12-01T10:00+24:00',
    ],
    ...[
      '2026-12-01T10:00.5Z',
      '0001-01-01T00:00+05:00',
      '9999-12-31T23:59-05:00',
      '1796083200',
      1796083200,
      true,
      {},
    ],
  ]
  test.each(wrong)('%j is a 400', async given => {
    const { status, body } = await newUser().send('POST', '', { body: { title: 'x', due_date: given } })
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(/^due_date: /) },
    })
  })
})

describe('changing a task', () => {
  const whole = {
    ...{ title: 'a', description: 'b', priority: 'high', tags: ['c'] },
    ...{ due_date: '2026-12-01T00:00:00.000Z', recurrence: 'daily' },
  }
  const changes: [name: string, fields: Record<string, unknown>, changed: Record<string, unknown>][] = [
    ['nothing', {}, {}],
    ['the title', { title: ' z ' }, { title: 'z' }],
    ['the description', { description: 'z' }, { description: 'z' }],
    ['a description taken away', { description: null }, { description: null }],
    ['a description made empty', { description: '' }, { description: null }],
    ['the priority', { priority: 'Low' }, { priority: 'low' }],
    ['a priority taken away', { priority: null }, { priority: 'medium' }],
    ['the tags', { tags: ['y', 'z'] }, { tags: ['y', 'z'] }],
    ['tags taken away', { tags: null }, { tags: [] }],
    ['the due date', { due_date: '2027-01-01' }, { due_date: '2027-01-01T00:00:00.000Z' }],
    [
      'a due date taken away, and the recurrence with it',
      { due_date: null },
      { due_date: null, recurrence: null },
    ],
    ['the recurrence', { recurrence: 'monthly' }, { recurrence: 'monthly' }],
    ['a recurrence taken away', { recurrence: null }, { recurrence: null }],
    [
      'what is not to be changed',
      { id: 9, user_id: 'mallory', created_at: '2000-01-01', completed: true },
      {},
    ],
  ]
  test.each(changes)('%s', async (_name, fields, changed) => {
    const { add, change, read } = newUser()
    const before = await add(whole)
    const { status, body: after } = await change(before.id, fields)
    expect(status).toBe(200)
    expect(after).toEqual({ ...before, ...changed, updated_at: expect.stringMatching(instant) })
    expect(Date.parse(after.updated_at)).toBeGreaterThan(Date.parse(before.updated_at))
    expect((await read(before.id)).body).toEqual(after)
  })
})

describe('completing a task', () => {
  test('without a body it goes back and forth', async () => {
    const { add, complete, send } = newUser()
    const task = await add({ title: 'x' })
    const done = await complete(task.id)
    expect(done).toMatchObject({ status: 200, body: { completed: true, status: 'completed' } })
    expect(done.body.completed_at).toMatch(instant)
    expect(done.body.created_at).toBe(task.created_at)
    expect((await complete(task.id)).body).toMatchObject({
      completed: false,
      status: 'pending',
      completed_at: null,
    })
    // An empty body with a content type, as some clients send it, and an empty object mean the same.
    expect((await send('PATCH', '/1/complete', { raw: '' })).body).toMatchObject({ completed: true })
    expect((await send('PATCH', '/1/complete', { body: {} })).body).toMatchObject({ completed: false })
  })

  test('with a body it is set, and setting it again changes nothing', async () => {
    const { add, complete } = newUser()
    const { id } = await add({ title: 'x' })
    const { body: done } = await complete(id, true)
    expect(done.completed).toBe(true)
    expect((await complete(id, true)).body).toEqual(done)
    const { body: open } = await complete(id, false)
    expect(open).toMatchObject({ completed: false, completed_at: null })
    expect((await complete(id, false)).body).toEqual(open)
  })
})

test('a deleted task is gone, and its number is not used again', async () => {
  const { add, send } = newUser()
  await add({ title: 'one' })
  await add({ title: 'two' })
  expect(await send('DELETE', '/2')).toMatchObject({ status: 204, body: null })
  for (const [method, path] of [
    ['DELETE', '/2'],
    ['GET', '/2'],
    ['PUT', '/2'],
    ['PATCH', '/2/complete'],
  ] as const) {
    const { status, body } = await send(method, path, method === 'PUT' ? { body: { title: 'x' } } : {})
    expect({ status, body }).toMatchObject({
      status: 404,
      body: { code: 'task_not_found', detail: 'Task 2 was not found' },
    })
  }
  expect((await add({ title: 'three' })).id).toBe(3)
})

test("another user's task is not there, whoever's path is used", async () => {
  const [alice, bob] = [newUser(), newUser()]
  await alice.add({ title: 'secret' })
  const { user_id: aliceId } = { user_id: `user-${users - 1}` }
  const bobId = `user-${users}`
  for (const path of ['/1', `/api/${aliceId}/tasks/1`]) {
    expect((await bob.send('GET', path)).status).toBe(404)
    expect((await bob.send('PUT', path, { body: { title: 'mine', user_id: aliceId } })).status).toBe(404)
    expect((await bob.send('DELETE', path)).status).toBe(404)
    expect((await bob.send('PATCH', `${path}/complete`)).status).toBe(404)
  }
  expect((await bob.send('GET', `/api/${aliceId}/tasks`)).body).toEqual([])
  expect((await bob.send('POST', `/api/${aliceId}/tasks`, { body: { title: 'own' } })).body).toMatchObject({
    id: 1,
  })
  expect((await alice.list()).body).toMatchObject([{ id: 1, title: 'secret', completed: false }])
  expect((await bob.list()).body).toMatchObject([{ id: 1, title: 'own' }])
  // Row-level security holds on its own, too: the transaction of one user asks for the other's row.
  expect(await withUser(database.db, aliceId, tx => findTask(tx, aliceId, 1))).toBeDefined()
  expect(await withUser(database.db, bobId, tx => findTask(tx, aliceId, 1))).toBeUndefined()
})

test('thirty tasks added at once are numbered 1 to 30', async () => {
  const { add } = newUser()
  const added = await Promise.all(Array.from({ length: 30 }, (_, i) => add({ title: `task ${i}` })))
  expect(added.map(task => task.id).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 30 }, (_, i) => i + 1),
  )
})

test('the description of the API names every operation, its fields and its errors', () => {
  const { paths } = newUser().app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'x', version: '1' },
  })
  const operations = Object.entries(paths ?? {}).flatMap(([path, item]) =>
    (['get', 'post', 'put', 'patch', 'delete'] as const).flatMap(method => {
      const operation = item[method]
      return operation ? [`${method} ${path} ${Object.keys(operation.responses ?? {})}`] : []
    }),
  )
  expect(operations).toEqual([
    'get /api/{user_id}/tasks 200,400,401,403',
    'post /api/{user_id}/tasks 201,400,401,403',
    'get /api/{user_id}/tasks/{id} 200,400,401,403,404',
    'put /api/{user_id}/tasks/{id} 200,400,401,403,404',
    'delete /api/{user_id}/tasks/{id} 204,400,401,403,404',
    'patch /api/{user_id}/tasks/{id}/complete 200,400,401,403,404',
  ])
})
