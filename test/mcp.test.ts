import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineAgent } from '../server/agent/agent.ts'
import { taskTools } from '../server/agent/task-tools.ts'
import { defineTool, ToolError } from '../server/agent/tool.ts'
import { type Ask, clients, openNewClient, postMcp } from './support/mcp-clients.ts'
import {
  type Client,
  clientOf,
  openPlace,
  startServer,
  startServerAt,
  type TestServer,
} from './support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.[Symbol.asyncDispose]())

const titlesOf = async (client: Client) =>
  (await client.call('GET', '/tasks?sort=title')).body.map((task: { title: string }) => task.title)

describe.each(clients)('%s', (_, open) => {
  test('lists every tool with what it takes, what it gives and what it may do', async () => {
    await using mcp = await open(server, await clientOf(server))
    const tools = await mcp.listTools()
    const hints = tools.map(({ name, annotations }) => {
      const { readOnlyHint, destructiveHint, idempotentHint } = annotations ?? {}
      return [name, readOnlyHint, destructiveHint, idempotentHint]
    })
    expect(hints).toEqual(
      expect.arrayContaining([
        ['add_task', false, false, false],
        ['list_tasks', true, false, true],
        ['search_tasks', true, false, true],
        ['complete_task', false, false, true],
        ['reopen_task', false, false, true],
        ['update_task', false, true, true],
        ['delete_task', false, true, true],
        ['get_current_user', true, false, true],
      ]),
    )
    expect(tools.map(({ name }) => name)).toEqual(taskTools.map(({ name }) => name))
    for (const { inputSchema, outputSchema } of tools) {
      expect(inputSchema.type).toBe('object')
      expect(outputSchema?.type).toBe('object')
    }
    const asking = tools.filter(({ inputSchema }) => JSON.stringify(inputSchema).includes('"confirm"'))
    expect(asking.map(({ name }) => name)).toContain('delete_task')
    expect(asking.map(({ name }) => name)).not.toContain('add_task')
    const named = tools.filter(({ inputSchema }) => JSON.stringify(inputSchema).includes('"idempotency_key"'))
    expect(named.map(({ name }) => name)).toEqual(['add_task', 'cancel_reminder'])
  })

  test('does with tasks what a conversation does', async () => {
    const user = await clientOf(server)
    await using mcp = await open(server, user)
    const added = await mcp.callTool('add_task', {
      title: 'Water the plants',
      due_date: '2026-01-31T09:00:00Z',
      recurrence: 'monthly',
    })
    expect(added).toMatchObject({ isError: false, structured: { task_id: 1, status: 'created' } })
    expect(JSON.parse(added.text)).toEqual(added.structured)
    expect((await mcp.callTool('update_task', { task_id: 1, priority: 'high' })).structured).toMatchObject({
      before: { priority: 'medium' },
      after: { priority: 'high' },
    })
    expect((await mcp.callTool('complete_task', { task_id: 1 })).structured).toMatchObject({
      status: 'completed',
      next_task: { task_id: 2, due_date: '2026-02-28T09:00:00.000Z' },
    })
    expect((await mcp.callTool('complete_task', { task_id: 1 })).structured).toMatchObject({
      already_completed: true,
    })
    expect((await mcp.callTool('reopen_task', { task_id: 1 })).structured).toMatchObject({
      status: 'reopened',
    })
    expect((await mcp.callTool('list_tasks', { status: 'pending' })).structured).toMatchObject({ total: 2 })
    expect((await mcp.callTool('search_tasks', { query: 'PLANTS' })).structured).toMatchObject({ total: 2 })
    expect((await mcp.callTool('get_current_user')).structured).toMatchObject({ user_id: user.userId })
    expect(await titlesOf(user)).toEqual(['Water the plants', 'Water the plants'])
  })

  test('gets failures as results, in words', async () => {
    await using mcp = await open(server, await clientOf(server))
    const failed = async (name: string, args: Record<string, unknown>) => {
      const { text, isError, meta } = await mcp.callTool(name, args)
      return [isError, text, meta['colloquy/code']]
    }
    expect(await failed('complete_task', { task_id: 999 })).toEqual([
      true,
      'Task 999 was not found',
      'task_not_found',
    ])
    expect(await failed('delete_task', { task_id: 999, confirm: true })).toEqual([
      true,
      'Task 999 was not found',
      'task_not_found',
    ])
    expect(await failed('update_task', { task_id: 1 })).toEqual([
      true,
      expect.stringContaining('at least one field'),
      'invalid',
    ])
    expect(await failed('add_task', { title: 'NUL \0' })).toEqual([true, expect.any(String), 'invalid'])
    expect(await failed('add_task', { title: 'x', user_id: 'somebody else' })).toEqual([
      true,
      'Only your own tasks can be used',
      'forbidden',
    ])
  })

  test('may name the own user, and reaches nobody else', async () => {
    const [ann, bob] = [await clientOf(server), await clientOf(server)]
    await using mcp = await open(server, ann)
    await bob.call('POST', '/tasks', { title: "Bob's marzipan" })
    expect(await mcp.callTool('list_tasks', { user_id: ann.userId })).toMatchObject({
      structured: { tasks: [], total: 0 },
    })
    for (const [name, args] of [
      ['list_tasks', { user_id: bob.userId }],
      ['search_tasks', { query: 'marzipan', user_id: bob.userId }],
      ['add_task', { title: 'From ann', user_id: bob.userId }],
      ['complete_task', { task_id: 1 }],
      ['reopen_task', { task_id: 1 }],
      ['update_task', { task_id: 1, title: 'Changed' }],
      ['delete_task', { task_id: 1, confirm: true }],
      ['get_current_user', { user_id: bob.userId }],
    ] as const) {
      const result = await mcp.callTool(name, args)
      expect([name, result.isError]).toEqual([name, true])
      expect(JSON.stringify(result)).not.toContain('marzipan')
    }
    expect(await titlesOf(bob)).toEqual(["Bob's marzipan"])
    expect(await titlesOf(ann)).toEqual([])
  })

  test('may send a call again under its key: it is carried out once', async () => {
    const [ann, bob] = [await clientOf(server), await clientOf(server)]
    await using mcp = await open(server, ann)
    const add = { title: 'Buy milk', idempotency_key: 'my-first-call' }
    const added = await mcp.callTool('add_task', add)
    expect(added).toMatchObject({ isError: false, structured: { task_id: 1, status: 'created' } })
    await mcp.callTool('delete_task', { task_id: 1, confirm: true })
    const again = await mcp.callTool('add_task', add)
    expect(again.structured, 'whatever has become of it').toEqual(added.structured)
    const at = { title: 'At once', idempotency_key: 'at-once' }
    const answers = await Promise.all(Array.from({ length: 5 }, () => mcp.callTool('add_task', at)))
    expect(answers.map(({ structured }) => structured)).toEqual(
      Array.from({ length: 5 }, () => expect.objectContaining({ task_id: 2 })),
    )
    const { isError, meta } = await mcp.callTool('add_task', { ...add, title: 'Buy rice' })
    expect([isError, meta['colloquy/code']]).toEqual([true, 'idempotency_mismatch'])
    for (const idempotency_key of ['', ' ', 'a b', 'x'.repeat(256), 7])
      expect((await mcp.callTool('add_task', { title: 'x', idempotency_key })).meta).toMatchObject({
        'colloquy/code': 'invalid',
      })
    await using other = await open(server, bob)
    expect((await other.callTool('add_task', add)).structured).toMatchObject({ task_id: 1 })
    expect([await titlesOf(ann), await titlesOf(bob)]).toEqual([['At once'], ['Buy milk']])
  })

  test('deletes only what the user has agreed to', async () => {
    const user = await clientOf(server)
    await user.call('POST', '/tasks', { title: 'Keep me' })
    await using mcp = await open(server, user)
    for (const confirm of [undefined, false, 'true', 1]) {
      const asked = await mcp.callTool('delete_task', {
        task_id: 1,
        ...(confirm !== undefined && { confirm }),
      })
      expect(asked).toMatchObject({
        isError: true,
        text: expect.stringMatching(/^Nothing was done\. Delete task 1, “Keep me”\?.*"confirm": true/),
        meta: { 'colloquy/code': 'confirmation_required' },
      })
    }
    expect(await titlesOf(user)).toEqual(['Keep me'])
    const deleted = await mcp.callTool('delete_task', { task_id: 1, confirm: true })
    expect(deleted.structured).toEqual({ task_id: 1, status: 'deleted', title: 'Keep me' })
    expect(await titlesOf(user)).toEqual([])
  })
})

describe('a client that can ask its user', () => {
  const withTask = async () => {
    const user = await clientOf(server)
    await user.call('POST', '/tasks', { title: 'Keep me' })
    return user
  }

  test('asks before it deletes', async () => {
    const user = await withTask()
    const asked: string[] = []
    const ask: Ask = message => {
      asked.push(message)
      return { action: 'accept', confirm: true }
    }
    await using mcp = await openNewClient(server, user, { ask })
    const { structured } = await mcp.callTool('delete_task', { task_id: 1 })
    expect(structured).toEqual({ task_id: 1, status: 'deleted', title: 'Keep me' })
    expect(asked).toEqual([expect.stringContaining('Delete task 1, “Keep me”?')])
  })

  test.each([
    { action: 'accept', confirm: false },
    { action: 'accept' },
    { action: 'decline' },
    { action: 'cancel' },
  ] as const)('deletes nothing on %j, whatever the model says', async answer => {
    const user = await withTask()
    await using mcp = await openNewClient(server, user, { ask: () => answer })
    const { isError, meta } = await mcp.callTool('delete_task', { task_id: 1, confirm: true })
    expect([isError, meta['colloquy/code']]).toEqual([true, 'denied'])
    expect(await titlesOf(user)).toEqual(['Keep me'])
  })

  test('asks again when the answer comes for something that has changed meanwhile', async () => {
    const user = await withTask()
    const asked: string[] = []
    const ask: Ask = async message => {
      if (asked.push(message) === 1) await user.call('PUT', '/tasks/1', { title: 'Renamed' })
      return { action: 'accept', confirm: true }
    }
    await using mcp = await openNewClient(server, user, { ask })
    expect((await mcp.callTool('delete_task', { task_id: 1 })).structured).toMatchObject({ title: 'Renamed' })
    expect(asked).toEqual([expect.stringContaining('“Keep me”'), expect.stringContaining('“Renamed”')])
  })

  test('cannot answer what nobody asked, nor for somebody else, nor about another task', async () => {
    const [ann, bob] = [await withTask(), await withTask()]
    await ann.call('POST', '/tasks', { title: 'Keep me, too' })
    const inputResponses = { confirmation: { action: 'accept', content: { confirm: true } } }
    const send = async (client: Client, params: Record<string, unknown>) => {
      const call = { method: 'tools/call', params: { name: 'delete_task', ...params } }
      return (await postMcp(server, client, call)).json()
    }
    const args = { task_id: 1 }
    const { result } = await send(ann, { arguments: args })
    const { requestState } = result
    expect(result).toMatchObject({ resultType: 'input_required', requestState: expect.any(String) })
    expect(await send(ann, { arguments: args, inputResponses })).toMatchObject({
      result: { resultType: 'input_required' },
    })
    expect(await send(ann, { arguments: { task_id: 2 }, inputResponses, requestState })).toMatchObject({
      result: { resultType: 'input_required' },
    })
    for (const forged of [requestState.slice(0, -2), `${requestState}A`, 'v1..', '', 'x'])
      expect(await send(ann, { arguments: args, inputResponses, requestState: forged })).toMatchObject({
        error: { code: -32602 },
      })
    expect(await send(bob, { arguments: args, inputResponses, requestState })).toMatchObject({
      error: { code: -32602 },
    })
    expect([await titlesOf(ann), await titlesOf(bob)]).toEqual([['Keep me', 'Keep me, too'], ['Keep me']])
    expect(await send(ann, { arguments: args, inputResponses, requestState })).toMatchObject({
      result: { structuredContent: { status: 'deleted' } },
    })
  })
})

test("a day is the user's own", async () => {
  const user = await clientOf(server)
  await user.call('PUT', '/settings', { time_zone: 'Asia/Karachi' })
  await using mcp = await openNewClient(server, user)
  const due_date = '2026-01-30T20:00:00Z'
  await mcp.callTool('add_task', { title: 'Pay', due_date, recurrence: 'monthly' })
  // In Karachi that is the 31st already, and the last of February a month later.
  expect((await mcp.callTool('complete_task', { task_id: 1 })).structured).toMatchObject({
    next_task: { due_date: '2026-02-27T20:00:00.000Z' },
  })
})

test('what one instance has asked another takes up, after the first is gone', async () => {
  await using place = await openPlace()
  const client = await clientOf({ url: '' }, 'ann')
  const first = await startServerAt(place)
  const { url } = first
  const ann = await clientOf({ url }, 'ann', client.token)
  await ann.call('POST', '/tasks', { title: 'Keep me' })
  const servers = [first]
  await using mcp = await openNewClient({ url }, ann, {
    ask: async () => {
      await first[Symbol.asyncDispose]()
      servers.push(await startServerAt(place, { PORT: new URL(url).port }))
      return { action: 'accept', confirm: true }
    },
  })
  expect((await mcp.callTool('delete_task', { task_id: 1 })).structured).toMatchObject({ status: 'deleted' })
  expect((await mcp.callTool('list_tasks')).structured).toMatchObject({ total: 0 })
  await servers.at(-1)?.[Symbol.asyncDispose]()
})

test('a program may put the key beside the arguments, as our own calls to other servers have it', async () => {
  const ann = await clientOf(server)
  const add = async (key: string) => {
    const params = { name: 'add_task', arguments: { title: 'Buy milk' } }
    const call = { method: 'tools/call', params, meta: { 'colloquy/idempotency-key': key } }
    return (await (await postMcp(server, ann, call)).json()).result.structuredContent
  }
  expect(await add('a')).toMatchObject({ task_id: 1 })
  expect(await add('a')).toMatchObject({ task_id: 1 })
  expect(await add('b')).toMatchObject({ task_id: 2 })
})

test('a call that failed leaves its key free, and one instance knows what another has done', async () => {
  let isBroken = true
  const book = defineTool({
    name: 'book',
    description: 'Books a room',
    effect: 'transaction',
    input: z.object({ room: z.string() }),
    run: async ({ room }) => {
      if (isBroken) throw new ToolError('No rooms for now')
      return { room }
    },
  })
  const agent = defineAgent({ instructions: 'Book rooms', tools: [book] })
  await using place = await openPlace()
  const call = { room: 'Blue', idempotency_key: 'k' }
  const bookAt = async () => {
    await using server = await startServerAt(place, {}, agent)
    await using mcp = await openNewClient(server, await clientOf(server, 'ann'))
    return await mcp.callTool('book', call)
  }
  expect(await bookAt()).toMatchObject({ isError: true, text: 'No rooms for now' })
  isBroken = false
  const booked = await bookAt()
  expect(JSON.parse(booked.text)).toEqual({ room: 'Blue' })
  isBroken = true
  expect(await bookAt()).toEqual(booked)
})
