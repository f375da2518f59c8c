import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineAgent } from '../server/agent/agent.ts'
import { defineTool } from '../server/agent/tool.ts'
import { type RemoteTool, startRemoteMcp, text } from './support/remote-mcp.ts'
import { textStream, toolCallStream } from './support/replay-answers.ts'
import {
  freshUser,
  patiently,
  type ReplayedServer,
  sayWatching,
  startReplayedServer,
} from './support/replayed-server.ts'

const reads = { annotations: { readOnlyHint: true } }
const echo: RemoteTool = {
  name: 'echo',
  description: 'Says it again',
  inputSchema: { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] },
  ...reads,
  run: ({ word }) => text(String(word)),
}

const start = (servers: object[], environment: Record<string, string> = {}) =>
  startReplayedServer({ environment: { MCP_SERVERS: JSON.stringify(servers), ...environment } })

const local = (name: string, url: string, more: object = {}) => ({ name, url, allow_private: true, ...more })

/** The tools a model was told of, but for the task assistant's. */
async function offered(world: ReplayedServer): Promise<string[]> {
  const user = await freshUser(world)
  world.replay.enqueue([textStream('Hello.')])
  expect((await user.say('Hello')).body.status).toBe('completed')
  const tools = (await world.replay.request(0)).body.tools as { function: { name: string } }[]
  return tools.map(tool => tool.function.name).filter(name => /^(docs|shop)_/.test(name))
}

/** Has the model call a tool once; what became of the call. */
async function callOf(world: ReplayedServer, name: string, args: object = {}) {
  const user = await freshUser(world)
  world.replay.enqueue([toolCallStream(name, args), textStream('Done.')])
  const { body } = await user.say('Do it')
  return { user, body, call: body.tool_calls[0] }
}

test('the tools of a server are offered under its name, and called with the key of the call', async () => {
  await using docs = await startRemoteMcp([echo, { ...echo, name: 'other', run: () => text('x') }])
  await using world = await start([local('docs', docs.url, { tools: ['echo'] })])
  expect(await offered(world)).toEqual(['docs_echo'])
  const { call } = await callOf(world, 'docs_echo', { word: 'hello' })
  expect(call).toMatchObject({ status: 'completed', result: { text: 'hello' } })
  expect(docs.calls).toEqual([{ name: 'echo', args: { word: 'hello' }, key: call.id }])
})

test('a failure is a result, and what a result says is marked as data for the model', async () => {
  const fails = { ...echo, name: 'fails', run: () => ({ ...text('No such page'), isError: true }) }
  const breaks = { ...echo, name: 'breaks', run: () => Promise.reject(new Error('inner words')) }
  const object = { ...echo, name: 'object', run: () => ({ ...text('x'), structuredContent: { pages: 3 } }) }
  await using docs = await startRemoteMcp([fails, breaks, object])
  await using world = await start([local('docs', docs.url)])
  expect((await callOf(world, 'docs_fails')).call).toMatchObject({
    status: 'failed',
    result: { error: 'No such page', code: 'tool_failed' },
  })
  expect((await callOf(world, 'docs_breaks')).call.status).toBe('failed')
  expect((await callOf(world, 'docs_object')).call.result).toEqual({ pages: 3 })
  expect(JSON.stringify((await world.replay.request(1)).body)).toContain('<data>{')
})

describe('a call that may destroy something', () => {
  const remove: RemoteTool = { name: 'remove', run: () => text('removed') }

  test('asks first, with its arguments, unless the server is trusted', async () => {
    await using docs = await startRemoteMcp([remove, echo])
    await using world = await start([local('docs', docs.url), local('shop', docs.url, { approval: 'never' })])
    const { user, body } = await callOf(world, 'docs_remove', { page: 7 })
    expect(body).toMatchObject({
      status: 'awaiting_approval',
      response: 'May I use remove of docs with {"page":7}?',
    })
    expect(docs.calls).toEqual([])
    const yes = await user.say('yes', body.conversation_id)
    expect(yes.body.tool_calls).toMatchObject([{ status: 'completed', result: { text: 'removed' } }])
    expect(docs.calls).toMatchObject([{ key: body.tool_calls[0].id }])
    expect((await callOf(world, 'docs_echo', { word: 'x' })).call.status).toBe('completed')
    expect((await callOf(world, 'shop_remove')).call.status).toBe('completed')
  })

  test('and a harmless one too, where everything is to be asked about', async () => {
    await using docs = await startRemoteMcp([echo])
    await using world = await start([local('docs', docs.url, { approval: 'always' })])
    expect((await callOf(world, 'docs_echo', { word: 'x' })).body.status).toBe('awaiting_approval')
  })
})

describe('a server that is away', () => {
  test('at the start takes its own tools along and nothing else, and is found when it comes', async () => {
    await using place = await startRemoteMcp([echo])
    await using shop = await startRemoteMcp([{ ...echo, name: 'sell' }])
    const { port, url } = place
    await place.die()
    await using world = await start([local('docs', url), local('shop', shop.url)])
    expect(await offered(world)).toEqual(['shop_sell'])
    await using docs = await startRemoteMcp([echo], port)
    await expect.poll(() => offered(world), patiently).toEqual(['docs_echo', 'shop_sell'])
    expect((await callOf(world, 'docs_echo', { word: 'back' })).call.result).toEqual({ text: 'back' })
    expect(docs.calls).toHaveLength(1)
  })

  test('when it is called has done nothing, for certain', async () => {
    await using docs = await startRemoteMcp([echo])
    await using world = await start([local('docs', docs.url)])
    expect(await offered(world)).toEqual(['docs_echo'])
    await docs.die()
    const { call, body } = await callOf(world, 'docs_echo', { word: 'x' })
    expect(call).toMatchObject({ status: 'failed', result: { code: 'unreachable' } })
    expect(body.status).toBe('completed')
    expect(await offered(world)).toEqual([])
  })

  test('and back under the same address is called as if nothing had been', async () => {
    const first = await startRemoteMcp([echo])
    await using world = await start([local('docs', first.url)])
    expect(await offered(world)).toEqual(['docs_echo'])
    await first.die()
    await using second = await startRemoteMcp([echo], first.port)
    expect((await callOf(world, 'docs_echo', { word: 'x' })).call.status).toBe('completed')
    expect(second.calls).toHaveLength(1)
  })

  test('and dies in the middle of a call leaves open what became of it', async () => {
    const dies: RemoteTool = {
      ...echo,
      name: 'dies',
      run: async () => {
        await docs.die()
        return text('never heard')
      },
    }
    await using docs = await startRemoteMcp([dies])
    await using world = await start([local('docs', docs.url)])
    const { call } = await callOf(world, 'docs_dies')
    expect(call).toMatchObject({ status: 'unknown', result: { code: 'unknown_outcome' } })
    expect(docs.calls).toHaveLength(1)
  })
})

describe('a server that does not answer', () => {
  const hang = Promise.withResolvers<never>()
  const hangs: RemoteTool = { ...echo, name: 'hangs', run: () => hang.promise }

  test('in time leaves open what became of the call', async () => {
    await using docs = await startRemoteMcp([hangs])
    await using world = await start([local('docs', docs.url, { timeout_seconds: 0.3 })])
    expect((await callOf(world, 'docs_hangs')).call.status).toBe('unknown')
  })

  test('does not keep a turn from being stopped', async () => {
    await using docs = await startRemoteMcp([hangs])
    await using world = await start([local('docs', docs.url)])
    const user = await freshUser(world)
    world.replay.enqueue([toolCallStream('docs_hangs', {})])
    const { turn } = await sayWatching(user, 'Do it')
    await expect.poll(() => docs.calls.length, patiently).toBe(1)
    const { body } = await user.call('PUT', `/turns/${turn}/cancellation`)
    expect(body).toMatchObject({ status: 'cancelled', tool_calls: [{ status: 'unknown' }] })
  })

  test('even when asked who it is holds up a turn for a few seconds, once', async () => {
    const silent = createServer(() => {})
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    await using world = await start([local('docs', `http://127.0.0.1:${port}/mcp`)])
    expect(await offered(world)).toEqual([])
    silent.closeAllConnections()
    silent.close()
  })
})

describe('names', () => {
  test('that become one on one server leave one tool, and a long one is cut', async () => {
    const tools = [
      { ...echo, name: 'a.b' },
      { ...echo, name: 'a/b' },
      { ...echo, name: 'x'.repeat(80) },
    ]
    await using docs = await startRemoteMcp(tools)
    await using world = await start([local('docs', docs.url)])
    expect(await offered(world)).toEqual(['docs_a_b', `docs_${'x'.repeat(59)}`])
    expect((await callOf(world, 'docs_a_b', { word: 'first' })).call.result).toEqual({ text: 'first' })
    expect(docs.calls).toMatchObject([{ name: 'a.b' }])
  })

  test("that are taken by the agent's own tools stay with them", async () => {
    await using docs = await startRemoteMcp([echo])
    const own = defineTool({
      name: 'docs_echo',
      description: 'The own one',
      input: z.object({}),
      effect: 'none',
      run: async () => ({ from: 'here' }),
    })
    await using world = await startReplayedServer({
      environment: { MCP_SERVERS: JSON.stringify([local('docs', docs.url)]) },
      agent: async () => defineAgent({ instructions: '', tools: [own] }),
    })
    expect(await offered(world)).toEqual(['docs_echo'])
    expect((await callOf(world, 'docs_echo')).call.result).toEqual({ from: 'here' })
    expect(docs.calls).toEqual([])
  })
})

describe('what is too much', () => {
  test('of a result is cut, and of an answer is not read', async () => {
    const long: RemoteTool = { ...echo, name: 'long', run: () => text(`\0${'😀'.repeat(100_000)}`) }
    const endless: RemoteTool = { ...echo, name: 'endless', run: () => text('x'.repeat(20_000_000)) }
    await using docs = await startRemoteMcp([long, endless])
    await using world = await start([local('docs', docs.url)])
    const { call } = await callOf(world, 'docs_long')
    expect(call).toMatchObject({ status: 'completed', result: { truncated: true } })
    expect(call.result.text.length).toBeLessThan(51_000)
    expect((await callOf(world, 'docs_endless')).call.status).toBe('unknown')
  })

  test('of tools and of their schemas is left out', async () => {
    const many = Array.from({ length: 200 }, (_, i) => ({ ...echo, name: `n${i}` }))
    const big = { ...echo, name: 'big', inputSchema: { type: 'object' as const, title: 'x'.repeat(30_000) } }
    await using docs = await startRemoteMcp([big, ...many])
    await using world = await start([local('docs', docs.url)])
    const names = await offered(world)
    expect(names).toHaveLength(128)
    expect(names).not.toContain('docs_big')
  })
})

test('nothing is sent to a private address unless that is allowed, however it is written', async () => {
  let requests = 0
  const inner = createServer((_, response) => {
    requests += 1
    response.end()
  })
  await new Promise<void>(resolve => inner.listen(0, '127.0.0.1', resolve))
  const { port } = inner.address() as AddressInfo
  const hosts = ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]']
  const servers = hosts.map((host, i) => ({ name: `docs-${i}`, url: `http://${host}:${port}/mcp` }))
  await using world = await start(servers)
  expect(await offered(world)).toEqual([])
  expect(requests).toBe(0)
  inner.close()
})

test('a redirect to somewhere else is not followed', async () => {
  let requests = 0
  const inner = createServer((_, response) => {
    requests += 1
    response.end()
  })
  await new Promise<void>(resolve => inner.listen(0, '127.0.0.1', resolve))
  const at = `http://127.0.0.1:${(inner.address() as AddressInfo).port}/mcp`
  const outer = createServer((_, response) => response.writeHead(307, { location: at }).end())
  await new Promise<void>(resolve => outer.listen(0, '127.0.0.1', resolve))
  const { port } = outer.address() as AddressInfo
  await using world = await start([local('docs', `http://127.0.0.1:${port}/mcp`)])
  expect(await offered(world)).toEqual([])
  expect(requests).toBe(0)
  inner.close()
  outer.close()
})
