import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, inject, test } from 'vitest'
import { z } from 'zod'
import { defineAgent, type Occasion } from '../server/agent/agent.ts'
import { defineTool, type Tool, ToolError, UnknownOutcome } from '../server/agent/tool.ts'
import { queryRows, type Tx } from '../server/db/database.ts'
import { insertTask } from '../server/store/tasks.ts'
import { postMcp } from './support/mcp-clients.ts'
import { textStream, toolCallStream } from './support/replay-answers.ts'
import { instructionsOf, messagesOf, promptOf, sayWatching } from './support/replayed-server.ts'
import { type Client, clientOf } from './support/server.ts'
import { ann, shareReplayedServer, world } from './support/shared-replayed-server.ts'

/** An agent that is another for each user, as one that somebody brings may be. */

const tool = (name: string, run: () => unknown, more: object = {}) =>
  defineTool({
    name,
    description: name,
    input: z.object({}),
    effect: 'none',
    // What comes of authors who do not check their types is looked at here.
    run: async () => run() as never,
    ...more,
  })

const circle: Record<string, unknown> = {}
circle.circle = circle
const everyones = [
  tool('big', () => ({ big: 10n })),
  tool('circle', () => circle),
  tool('nothing', () => undefined),
  tool('odd', () => ({ text: 'a\0b\ud800', at: new Date(0) })),
  tool('long', () => ({ text: 'x'.repeat(2_000_000) })),
  tool('explains', () => {
    throw new ToolError('Closed on Sundays', 'closed')
  }),
  tool('slips', () => {
    throw new Error('the password is hunter2')
  }),
  tool('guesses', () => Promise.reject(new UnknownOutcome('No answer')), { effect: 'external' }),
  tool('doubts', () => ({}), {
    approval: () => {
      throw new Error('undecided')
    },
  }),
  tool('asks', () => ({ done: true }), { approval: true }),
  tool('ponders', () => ({}), { approval: true, question: () => new Promise(() => {}) }),
  tool('dreams', () => new Promise(() => {})),
  tool('mutters', () => {
    throw new ToolError('a\0b\ud800', 'odd')
  }),
  tool('garbles', () => ({}), { approval: true, question: () => 'Really\0?\ud800' }),
  tool('wonders', () => ({}), {
    approval: true,
    question: () => {
      throw new ToolError('There is nothing to ask about', 'nothing_there')
    },
  }),
]

let occasions: Occasion[] = []
/** What a tool kept of its transaction. */
let kept: Tx | undefined
const keeps = defineTool({
  name: 'keeps',
  description: 'keeps',
  input: z.object({}),
  effect: 'transaction',
  async run(_, { tx }) {
    kept = tx
    return {
      users: await queryRows<{ user: string }>(tx, sql`select current_setting('app.user_id') as user`),
    }
  },
})

/** Goes on as if nothing had happened, on a transaction that Postgres has given up. */
const shrugs = defineTool({
  name: 'shrugs',
  description: 'shrugs',
  input: z.object({}),
  effect: 'transaction',
  async run(_, { userId, tx }) {
    await insertTask(tx, userId, { title: 'Tea' })
    await queryRows(tx, sql`select 1 / 0`).catch(() => {})
    return { status: 'created' }
  },
})

const waits = defineTool({
  name: 'waits',
  description: 'waits',
  input: z.object({}),
  effect: 'transaction',
  run: () => new Promise(() => {}),
})

/** What the next turns' agent does instead of being there. */
let instead: (() => Promise<never>) | undefined
let offered: Tool[] = everyones

const agent = defineAgent({
  model: async ({ user }) => {
    await instead?.()
    return user.id.startsWith('vip') ? 'compatible/better' : 'compatible/test'
  },
  tools: ({ user }) => (user.id.startsWith('vip') ? [...offered, tool('vip_only', () => ({}))] : offered),
  instructions: async occasion => {
    occasions.push(occasion)
    return `You help ${occasion.user.id} in ${occasion.context.time_zone}.`
  },
})

shareReplayedServer({ agent: async () => agent, environment: { STEP_TIMEOUT_SECONDS: '3' } })
beforeEach(async () => {
  occasions = []
  instead = undefined
  offered = everyones
})

const toolsIn = (body: Record<string, unknown>) =>
  (body.tools as { function: { name: string } }[]).map(each => each.function.name)

test('model, tools and instructions are those for the user, settled once for all steps of a turn', async () => {
  world.replay.enqueue([toolCallStream('nothing', {}), textStream('Done.'), textStream('Hello.')])
  const { body } = await ann.call('POST', '/chat', { message: 'Hello' }, { 'x-time-zone': 'Asia/Karachi' })
  const { user, conversation, context } = occasions[0] ?? {}
  expect([user?.id, conversation?.id]).toEqual([ann.userId, body.conversation_id])
  expect(context).toMatchObject({ time_zone: 'Asia/Karachi', now: expect.stringMatching(/Z$/) })
  expect(occasions).toHaveLength(1)
  const [first, second] = [await world.replay.request(0), await world.replay.request(1)]
  expect(instructionsOf(first)).toContain(`You help ${ann.userId} in Asia/Karachi.`)
  expect(instructionsOf(second)).toBe(instructionsOf(first))
  expect(first.body.model).toBe('test')
  expect(toolsIn(first.body)).not.toContain('vip_only')

  const vip = await clientOf(world.server, `vip-${ann.userId}`)
  await vip.say('Hello')
  const third = await world.replay.request(2)
  expect(third.body.model).toBe('better')
  expect(toolsIn(third.body)).toContain('vip_only')
})

test('a tool that keeps its transaction can ask nothing through it later', async () => {
  offered = [keeps]
  world.replay.enqueue([toolCallStream('keeps', {}), textStream('Done.')])
  const { body } = await ann.say('Do it')
  expect(body.tool_calls).toMatchObject([{ status: 'completed', result: { users: [{ user: ann.userId }] } }])
  expect(() => kept?.execute(sql`select 1`)).toThrow('revoked')
})

test('a tool that passes over a failure of its transaction has not done anything, and does not seem to', async () => {
  offered = [shrugs]
  world.replay.enqueue([toolCallStream('shrugs', {}), textStream('It failed.')])
  expect((await ann.say('Do it')).body.tool_calls).toMatchObject([{ status: 'failed' }])
  const call = { method: 'tools/call', params: { name: 'shrugs', arguments: {} } }
  const overMcp = await (await postMcp(world.server, ann, call)).text()
  expect((await ann.call('GET', '/tasks')).body).toEqual([])
  expect(overMcp).toContain('"isError":true')
})

// Nobody but that transaction gets to the embedded engine any more.
test.skipIf(inject('engine') === 'pglite')(
  'a tool that never ends its transaction fails after the time of a step, and keeps no server',
  async () => {
    offered = [waits]
    world.replay.enqueue([toolCallStream('waits', {}), textStream('So be it.')])
    expect((await ann.say('Do it')).body).toMatchObject({
      response: 'So be it.',
      tool_calls: [{ status: 'failed', result: { code: 'timeout' } }],
    })
  },
)

test('over MCP, too, a tool that takes for ever is given up after the time of a step', async () => {
  const call = { method: 'tools/call', params: { name: 'dreams', arguments: {} } }
  expect(await (await postMcp(world.server, ann, call)).text()).toContain('"isError":true')
})

test('over MCP each user has their own tools, too', async () => {
  const vip = await clientOf(world.server, `vip-${ann.userId}`)
  const listed = async (client: Client) =>
    (await postMcp(world.server, client, { method: 'tools/list' })).text()
  expect(await listed(ann)).not.toContain('vip_only')
  expect(await listed(vip)).toContain('vip_only')
})

describe('an agent that', () => {
  test('fails leaves the message, says nothing of the cause, and answers the next time', async () => {
    instead = () => Promise.reject(new Error('the password is hunter2'))
    const failed = await ann.say('Hello')
    expect(failed).toMatchObject({ status: 503, body: { code: 'agent_unavailable' } })
    expect(JSON.stringify(failed.body)).not.toContain('hunter2')
    const conversation = failed.body.conversation_id
    expect(await messagesOf(ann, conversation)).toMatchObject([
      { role: 'user', content: 'Hello' },
      { role: 'assistant', status: 'failed' },
    ])
    instead = undefined
    world.replay.enqueue([textStream('Here I am.')])
    expect((await ann.say('Again', conversation)).body.response).toBe('Here I am.')
  })

  test('takes for ever is given up after the time of a step', async () => {
    instead = () => new Promise<never>(() => {})
    expect(await ann.say('Hello')).toMatchObject({ status: 504, body: { code: 'agent_timeout' } })
  })

  test('offers a tool twice fails as well', async () => {
    offered = [...everyones, ...everyones]
    expect((await ann.say('Hello')).body.code).toBe('agent_unavailable')
  })

  test('offers a tool no more: a call that was asked about fails, and the turn goes on', async () => {
    world.replay.enqueue([toolCallStream('asks', {}), textStream('It cannot be done.')])
    const { body: asked } = await ann.say('Do it')
    expect(asked.status).toBe('awaiting_approval')
    offered = []
    const { body } = await ann.say('yes', asked.conversation_id)
    expect(body).toMatchObject({
      status: 'completed',
      tool_calls: [{ status: 'failed', result: { code: 'unknown_tool' } }],
    })
  })
})

const outcomes: [name: string, status: string, result: unknown][] = [
  ['big', 'failed', { error: 'The tool failed', code: 'tool_failed' }],
  ['circle', 'failed', { error: 'The tool failed', code: 'tool_failed' }],
  ['nothing', 'completed', {}],
  ['odd', 'completed', { text: 'a\ufffdb\ufffd', at: '1970-01-01T00:00:00.000Z' }],
  ['long', 'failed', { error: 'The result is too large to be stored', code: 'result_too_large' }],
  ['explains', 'failed', { error: 'Closed on Sundays', code: 'closed' }],
  ['slips', 'failed', { error: 'The tool failed', code: 'tool_failed' }],
  ['guesses', 'unknown', { error: 'No answer', code: 'unknown_outcome' }],
  ['doubts', 'failed', { error: 'The tool failed', code: 'tool_failed' }],
  ['ponders', 'failed', { error: 'The tool failed', code: 'tool_failed' }],
  ['mutters', 'failed', { error: 'a\ufffdb\ufffd', code: 'odd' }],
  ['wonders', 'failed', { error: 'There is nothing to ask about', code: 'nothing_there' }],
]

test.each(outcomes)('the tool that %s: the call is %s and the turn goes on', async (name, status, result) => {
  world.replay.enqueue([toolCallStream(name, {}), textStream('So be it.')])
  const { body } = await ann.say('Do it')
  expect(body).toMatchObject({ status: 'completed', response: 'So be it.' })
  expect(body.tool_calls).toMatchObject([{ name, status, result }])
  expect(promptOf(await world.replay.request(1)).join()).not.toContain('hunter2')
})

test('a turn whose tool takes for ever to put its question can be stopped', async () => {
  world.replay.enqueue([toolCallStream('ponders', {})])
  const { turn, ended } = await sayWatching(ann, 'Do it')
  await world.replay.request(0)
  await ann.call('PUT', `/turns/${turn}/cancellation`)
  expect((await ended).status).toBe('cancelled')
})

test('what a tool asks is stored as the text it is, without what no database takes', async () => {
  world.replay.enqueue([toolCallStream('garbles', {})])
  const { body } = await ann.say('Do it')
  expect(body).toMatchObject({ status: 'awaiting_approval', response: 'Really\ufffd?\ufffd' })
})
