import { describe, expect, test } from 'vitest'
import { defineAgent } from '../server/agent/agent.ts'
import { createModel } from '../server/agent/models.ts'
import { openPostOffice } from './support/post-office.ts'
import { text, textStream, toolCallStream } from './support/replay-answers.ts'
import { promptOf, sayWatching, turnOf } from './support/replayed-server.ts'
import { clientOf, startServer } from './support/server.ts'
import { ann, shareReplayedServer, world } from './support/shared-replayed-server.ts'
import { storeConversation } from './support/stored-conversation.ts'

const limit = 1200

shareReplayedServer({
  environment: { SUMMARIES: 'off' },
  agent: async replay =>
    defineAgent({
      model: await createModel({
        ...{ spec: 'compatible/test', apiKeys: {}, baseUrl: replay.url, offlineDelayMs: 0 },
      }),
      contextTokens: limit,
      tools: openPostOffice().tools,
      instructions: 'You send letters.',
    }),
})

/** Four characters for each token, by nobody's estimate but this test's; the JSON around the words is not counted. */
const sizeOf = (n: number) => {
  const { messages, tools } = world.replay.requests[n]?.body ?? {}
  const words = JSON.stringify(messages).replace(
    /"(role|content|type|function)":|"(user|assistant|tool)"/g,
    '',
  )
  return (words.length + JSON.stringify(tools).length) / 4
}

const lengthen = (words: number) =>
  world.server.context.db.query(
    `update colloquy.messages set content = content || repeat(' word', $2) where user_id = $1 and role = 'user'`,
    [ann.userId, words],
  )

describe('a model that may be given so many tokens', () => {
  test('gets the newest that fit, with the message itself, calls with their results, and not one turn less', async () => {
    const conversation = await storeConversation(world.server.context.db, ann.userId, {
      turns: 18,
      callEvery: 2,
    })
    await lengthen(40)
    world.replay.enqueue([textStream('Fine.')])
    const { body } = await ann.say('And now?', conversation)
    const prompt = promptOf(await world.replay.request(0))
    expect(prompt.at(-1)).toBe('user: And now?')
    expect(prompt.at(-2)).toContain('answer 18')
    expect(prompt[0]).toMatch(/^user: question \d+ word/)
    expect(prompt.filter(line => line.startsWith('calls:')).length).toBeGreaterThan(1)
    expect(prompt.filter(line => line.startsWith('tool:')).length).toBe(
      prompt.filter(line => line.startsWith('calls:')).length,
    )
    const { messages } = body.context
    expect(messages).toBeLessThan(37)
    expect(prompt.filter(line => /^(user|assistant):/.test(line))).toHaveLength(messages)
    expect(sizeOf(0)).toBeLessThan(limit * 1.15)
    expect(sizeOf(0), 'the whole is used').toBeGreaterThan(limit * 0.75)
  })

  test('is given all of a message that does not fit, and nothing else of the conversation', async () => {
    const conversation = await storeConversation(world.server.context.db, ann.userId, { turns: 3 })
    world.replay.enqueue([textStream('So much.')])
    const long = '書'.repeat(limit)
    const { body } = await ann.say(long, conversation)
    expect(promptOf(await world.replay.request(0))).toEqual([`user: ${long}`])
    expect(body.context).toMatchObject({ messages: 1, limit, summarised: false })
  })

  test('loses what is old while its own steps grow, and none of these', async () => {
    const conversation = await storeConversation(world.server.context.db, ann.userId, { turns: 6 })
    await lengthen(30)
    world.replay.enqueue([
      toolCallStream('send_letter', { to: 'Bob '.repeat(300) }),
      textStream('It is on its way.'),
    ])
    await ann.say('Write to Bob', conversation)
    const [first, second] = [0, 1].map(n => promptOf(world.replay.requests[n] ?? raise(n)))
    expect(first?.filter(line => line.startsWith('user: question')).length).toBe(6)
    expect(second?.filter(line => line.startsWith('user: question')).length).toBeLessThan(6)
    expect(second?.slice(-3).map(line => line.split(':')[0])).toEqual(['user', 'calls', 'tool'])
  })
})

const raise = (n: number): never => {
  throw new Error(`There was no request ${n}`)
}

describe('what an answer was given', () => {
  const counted = { blocks: [text('Hi.')], usage: { input: 321, output: 5 } }
  const context = { messages: 1, tokens: 321, limit, summarised: false }

  test('is said in the answer, in the turn, in a replay and at the end of the stream', async () => {
    world.replay.enqueue([{ script: counted }, { script: counted }])
    const key = { 'idempotency-key': 'k' }
    const { body } = await ann.call('POST', '/chat', { message: 'Hello' }, key)
    expect(body).toMatchObject({ context, usage: { input_tokens: 321, output_tokens: 5 } })
    expect(await turnOf(ann, body.turn_id)).toMatchObject({ context, usage: body.usage })
    expect((await ann.call('POST', '/chat', { message: 'Hello' }, key)).body).toEqual(body)
    expect(await (await sayWatching(ann, 'Hello')).ended).toMatchObject({ context })
  })

  const ui = (path: string, request: RequestInit = {}) =>
    fetch(`${world.server.url}/ai-sdk${path}`, {
      ...request,
      headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' },
    })

  test('is metadata of a UI message, as it ends and in the history', async () => {
    world.replay.enqueue([{ script: counted }])
    const message = { id: 'm1', role: 'user', parts: [{ type: 'text', text: 'Hello' }] }
    const said = await ui('', {
      method: 'POST',
      body: JSON.stringify({ id: 'thread-1', messages: [message] }),
    })
    expect(await said.text()).toContain(`"context":${JSON.stringify(context)}`)
    const history = await (await ui('/thread-1/messages')).json()
    expect(history[1].metadata).toMatchObject({ context, usage: { input_tokens: 321 } })
    expect(history[1].metadata.usage).toEqual({ input_tokens: 321, output_tokens: 5 })
  })

  test('is not said where the model gave no answer', async () => {
    const turn = await ann.call('POST', '/chat', { message: 'Hello' })
    expect(turn.status).toBe(503)
    expect((await turnOf(ann, turn.body.turn_id)).context).toBeNull()
  })
})

test('the built-in model has no limit, and counts by estimate', async () => {
  await using server = await startServer({})
  const bob = await clientOf(server)
  const { body } = await bob.say('Hello')
  expect(body.context).toEqual({
    ...{ messages: 1, tokens: expect.any(Number), limit: null, summarised: false },
  })
  expect(body.context.tokens).toBeGreaterThan(1000)
})
