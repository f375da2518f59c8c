import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { taskTools } from '../server/agent/task-tools.ts'
import { defineTool, failureOf, functionToolOf, parseArguments, ToolError } from '../server/agent/tool.ts'
import { withUser } from '../server/db/database.ts'
import { AppError } from '../server/errors.ts'
import { openTestDatabase, type TestDatabase } from './support/database.ts'

let database: TestDatabase
let users = 0
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

const toolOf = (name: string) => {
  const tool = taskTools.find(tool => tool.name === name)
  if (!tool) throw new Error(`There is no tool ${name}`)
  return tool
}

/** Calls tools as the engine does, for one user; a failure is its public form. */
function newUser(timeZone = 'UTC') {
  const userId = `toolbox-${++users}`
  const user = { id: userId, email: 'ann@example.com', name: undefined }
  const context = { userId, user, timeZone, signal: new AbortController().signal, idempotencyKey: 'k' }

  return async function call(name: string, input: object = {}): Promise<unknown> {
    const tool = toolOf(name)
    const parsed = parseArguments(tool, input)
    if (!parsed.ok) return parsed.message
    try {
      if (tool.effect !== 'transaction') return await tool.run(parsed.args, context)
      return await withUser(database.db, userId, tx => tool.run(parsed.args, { ...context, tx }))
    } catch (error) {
      const failure = failureOf(error)
      if (!failure) throw error
      return failure
    }
  }
}

const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

test('a task from its beginning to its end', async () => {
  const call = newUser()
  expect(await call('add_task', { title: ' Buy milk ', priority: 'HIGH', tags: ['shop'] })).toEqual({
    ...{ task_id: 1, status: 'created', title: 'Buy milk', description: null },
    ...{ priority: 'high', tags: ['shop'], due_date: null, recurrence: null },
  })
  expect(await call('complete_task', { task_id: 1 })).toEqual({
    task_id: 1,
    status: 'completed',
    title: 'Buy milk',
  })
  expect(await call('complete_task', { task_id: '1' })).toEqual({
    ...{ task_id: 1, status: 'completed', title: 'Buy milk', already_completed: true },
  })
  expect(await call('list_tasks')).toEqual({
    tasks: [
      {
        ...{
          id: 1,
          title: 'Buy milk',
          description: null,
          completed: true,
          status: 'completed',
          priority: 'high',
        },
        ...{ tags: ['shop'], due_date: null, recurrence: null, created_at: instant, completed_at: instant },
      },
    ],
    total: 1,
  })
  expect(await call('reopen_task', { task_id: 1 })).toEqual({
    task_id: 1,
    status: 'reopened',
    title: 'Buy milk',
  })
  expect(await call('reopen_task', { task_id: 1 })).toEqual({
    task_id: 1,
    status: 'reopened',
    title: 'Buy milk',
  })
  expect(await call('delete_task', { task_id: 1 })).toEqual({
    task_id: 1,
    status: 'deleted',
    title: 'Buy milk',
  })
  expect(await call('list_tasks')).toEqual({ tasks: [], total: 0 })
})

test('an update tells what was and what is, of what differs', async () => {
  const call = newUser()
  await call('add_task', { title: 'a', description: 'd', due_date: '2026-12-01', recurrence: 'daily' })
  expect(await call('update_task', { task_id: 1, title: 'b', priority: 'medium' })).toEqual({
    ...{ task_id: 1, status: 'updated', title: 'b', before: { title: 'a' }, after: { title: 'b' } },
  })
  expect(await call('update_task', { task_id: 1, description: '', due_date: null })).toMatchObject({
    before: { description: 'd', due_date: '2026-12-01T00:00:00.000Z', recurrence: 'daily' },
    after: { description: null, due_date: null, recurrence: null },
  })
})

test('a recurring task names the next, which keeps the clocks of the user', async () => {
  const call = newUser('America/New_York')
  await call('add_task', { title: 'Rent', due_date: '2026-01-31T23:30:00-05:00', recurrence: 'monthly' })
  expect(await call('complete_task', { task_id: 1 })).toEqual({
    ...{ task_id: 1, status: 'completed', title: 'Rent' },
    next_task: { task_id: 2, title: 'Rent', due_date: '2026-03-01T04:30:00.000Z' },
  })
  expect(await call('complete_task', { task_id: 1 })).not.toHaveProperty('next_task')
})

test('lists and searches take the filters, and count what they do not show', async () => {
  const call = newUser()
  for (const title of ['Buy milk', 'Milk the cow', 'Pay rent']) await call('add_task', { title })
  await call('complete_task', { task_id: 2 })
  const found = (tasks: object[], total: number) => ({
    tasks: tasks.map(task => expect.objectContaining(task)),
    total,
  })
  expect(await call('list_tasks', { status: 'pending' })).toEqual(found([{ id: 3 }, { id: 1 }], 2))
  expect(await call('list_tasks', { sort: 'title', limit: 1, priority: '' })).toEqual(found([{ id: 1 }], 3))
  expect(await call('search_tasks', { query: 'MILK' })).toEqual(found([{ id: 2 }, { id: 1 }], 2))
  expect(await call('search_tasks', { query: 'milk', status: 'completed' })).toEqual(found([{ id: 2 }], 1))
  expect(await call('search_tasks', { query: 'x' })).toEqual({ tasks: [], total: 0 })
})

test('the user is who the token says', async () => {
  const call = newUser()
  expect(await call('get_current_user')).toEqual({
    ...{ user_id: `toolbox-${users}`, email: 'ann@example.com', name: null },
  })
})

/** Enough for every tool to run. */
const sufficient = { task_id: 1, title: 'x', query: 'x' }

test.each(taskTools.map(tool => tool.name))(
  "%s takes the user's own id and refuses another's",
  async name => {
    const call = newUser()
    await call('add_task', { title: 'mine', due_date: '2999-01-01T00:00:00Z' })
    await call('set_reminder', { task_id: 1, minutes_before: 30 })
    const list = await call('list_tasks')
    expect(await call(name, { ...sufficient, user_id: 'toolbox-1' })).toEqual({
      ...{ error: 'Only your own tasks can be used', code: 'forbidden' },
    })
    expect(await call('list_tasks')).toEqual(list)
    expect(await call(name, { ...sufficient, user_id: `toolbox-${users}` })).not.toHaveProperty('error')
  },
)

test("another user's tasks are not there", async () => {
  const [alice, bob] = [newUser(), newUser()]
  await alice('add_task', { title: 'secret' })
  for (const name of ['complete_task', 'reopen_task', 'update_task', 'delete_task']) {
    expect(await bob(name, sufficient)).toEqual({ error: 'Task 1 was not found', code: 'task_not_found' })
  }
  expect(await bob('list_tasks')).toEqual({ tasks: [], total: 0 })
  expect(await bob('search_tasks', { query: 'secret' })).toEqual({ tasks: [], total: 0 })
  expect(await alice('list_tasks')).toMatchObject({ tasks: [{ title: 'secret', completed: false }] })
})

const refused: [name: string, input: object, message: RegExp][] = [
  ['add_task', {}, /^The arguments of add_task are not valid: title: /],
  ['add_task', { title: ' ' }, /title: must not be blank/],
  ['add_task', { title: 'x'.repeat(201) }, /at most 200/],
  ['add_task', { title: 'x', due_date: 'Blursday' }, /due_date: must be an ISO 8601/],
  ['complete_task', { task_id: 'four' }, /task_id: must be a whole number/],
  ['complete_task', { task_id: 2_147_483_648 }, /task_id/],
  ['delete_task', {}, /task_id/],
  ['update_task', { task_id: 1 }, /at least one field/],
  ['update_task', { task_id: 1, title: '' }, /title: must not be blank/],
  ['search_tasks', { query: '' }, /query: must not be blank/],
  ['list_tasks', { status: 'open' }, /status: must be one of all, pending, completed/],
]
test.each(refused)('%s %j is refused with the reason', async (name, input, message) => {
  expect(await newUser()(name, input)).toMatch(message)
})

test('what the store refuses is a failure with a code', async () => {
  const call = newUser()
  expect(await call('complete_task', { task_id: 999 })).toEqual({
    error: 'Task 999 was not found',
    code: 'task_not_found',
  })
  expect(await call('add_task', { title: 'x', recurrence: 'daily' })).toEqual({
    ...{ error: 'recurrence: needs a due date', code: 'invalid' },
  })
})

describe('approval', () => {
  const asks = (name: string, message: string) => toolOf(name).needsApproval({ task_id: 4 }, { message })

  test('is needed for deleting, unless the message confirms it in itself', () => {
    expect(asks('delete_task', 'delete task 4')).toBe(true)
    expect(asks('delete_task', 'yes, delete task 4')).toBe(false)
    expect(asks('delete_task', 'yes, delete task 5')).toBe(true)
  })

  test('is needed for nothing else', () => {
    const others = taskTools.filter(tool => tool.name !== 'delete_task')
    expect(others.filter(tool => tool.needsApproval(sufficient, { message: 'do it' }))).toEqual([])
  })

  test('is asked for with the title', async () => {
    await newUser()('add_task', { title: 'Buy milk' })
    const userId = `toolbox-${users}`
    const tool = toolOf('delete_task')
    const question = (task_id: number) =>
      withUser(database.db, userId, async tx => {
        if (tool.effect !== 'transaction') throw new Error('The question reads the task')
        const user = { id: userId, email: undefined, name: undefined }
        const context = {
          userId,
          user,
          timeZone: 'UTC',
          signal: new AbortController().signal,
          idempotencyKey: 'k',
          tx,
        }
        return tool.question?.({ task_id }, context)
      })
    expect(await question(1)).toBe('Delete task 1, “Buy milk”? Please answer yes or no.')
    await expect(question(2)).rejects.toThrow('Task 2 was not found')
  })
})

describe('what models are told of the tools', () => {
  const told = taskTools.map(functionToolOf)

  test('is every tool and what it needs', () => {
    expect(told.map(({ name, inputSchema }) => [name, inputSchema.required ?? []])).toEqual([
      ['add_task', ['title']],
      ['list_tasks', []],
      ['search_tasks', ['query']],
      ['complete_task', ['task_id']],
      ['reopen_task', ['task_id']],
      ['update_task', ['task_id']],
      ['delete_task', ['task_id']],
      ['set_reminder', ['task_id']],
      ['cancel_reminder', ['task_id']],
      ['list_reminders', []],
      ['get_current_user', []],
    ])
  })

  test.each(told)(
    '$name is a plain object of described fields, in keywords that every provider takes',
    tool => {
      expect(tool.description).not.toBe('')
      expect(tool.inputSchema.type).toBe('object')
      expect(Object.keys(tool.inputSchema).sort()).toEqual(expect.arrayContaining(['properties', 'type']))
      const known = [
        'type',
        'properties',
        'required',
        'description',
        'enum',
        'items',
        'anyOf',
        'minimum',
        'maximum',
      ]
      expect(keywordsOf(tool.inputSchema).filter(keyword => !known.includes(keyword))).toEqual([])
      for (const field of Object.values(tool.inputSchema.properties ?? {})) {
        expect(field).toHaveProperty('description')
      }
    },
  )
})

/** Every keyword of a JSON schema, at any depth. */
function keywordsOf(schema: object): string[] {
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const inner = keyword === 'properties' ? Object.values(value) : [value].flat()
    const schemas = ['properties', 'items', 'anyOf'].includes(keyword) ? inner : []
    return [keyword, ...schemas.flatMap(keywordsOf)]
  })
}

describe('a tool of one’s own', () => {
  const echo = defineTool({
    name: 'echo',
    description: 'Says it again',
    input: z.object({ text: z.string() }),
    effect: 'external',
    approval: true,
    run: async ({ text }, { idempotencyKey }) => ({ text, idempotencyKey }),
  })

  test('is told of by its schema, and its arguments are checked', () => {
    expect(functionToolOf(echo)).toEqual({
      type: 'function',
      name: 'echo',
      description: 'Says it again',
      inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
    })
    expect(parseArguments(echo, { text: 'a' })).toEqual({ ok: true, args: { text: 'a' } })
    expect(parseArguments(echo, [])).toMatchObject({ ok: false })
    expect(echo.needsApproval({ text: 'a' }, { message: 'yes' })).toBe(true)
  })

  test('cannot have a name that a provider refuses', () => {
    const definition = {
      description: '',
      input: z.object({}),
      effect: 'none' as const,
      run: async () => ({}),
    }
    expect(() => defineTool({ ...definition, name: 'say it' })).toThrow('say it')
  })

  test('shows of its failures only what was meant to be shown', () => {
    expect(failureOf(new ToolError('No such city'))).toEqual({ error: 'No such city', code: 'tool_failed' })
    expect(failureOf(new AppError('conflict'))).toMatchObject({ code: 'conflict' })
    expect(failureOf(new Error('password=1'))).toBeUndefined()
  })
})
