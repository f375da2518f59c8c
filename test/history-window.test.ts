import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { failure, held, textStream } from './support/replay-answers.ts'
import { type ReplayServer, startReplayServer } from './support/replay-server.ts'
import { clientOf, startServer, type TestServer } from './support/server.ts'
import { storeConversation } from './support/stored-conversation.ts'

const windowSize = 40

let replay: ReplayServer
let server: TestServer
beforeAll(async () => {
  replay = await startReplayServer()
  server = await startServer({
    MODEL: 'compatible/test',
    MODEL_BASE_URL: replay.url,
    HISTORY_MESSAGES: String(windowSize),
    SUMMARIES: 'off',
  })
})
beforeEach(() => {
  replay.requests.length = 0
  replay.otherwise(textStream('Fine.'))
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await replay?.[Symbol.asyncDispose]()
})

interface PromptMessage {
  role: string
  content: string | null
  tool_calls?: { id: string; function: { name: string; arguments: string } }[]
  tool_call_id?: string
}

/** What the n-th call of the model was given behind the instructions. */
function promptOf(n: number): PromptMessage[] {
  const given = replay.requests[n]?.body.messages
  // The body of a chat completion as the provider's package writes it.
  const [system, ...messages] = (given ?? []) as PromptMessage[]
  expect(system?.role).toBe('system')
  return messages
}

const spoken = (messages: PromptMessage[]) => messages.map(({ role, content }) => `${role}: ${content}`)

/** The texts of the places up to the end of turn `last`, the newest `count` of them. */
const newest = (count: number, last: number) =>
  Array.from({ length: 2 * last }, (_, i) => {
    const turn = Math.floor(i / 2) + 1
    return i % 2 === 0 ? `user: question ${turn}` : `assistant: answer ${turn}`
  }).slice(-count)

/** The window behind a message: its oldest place is an answer, which without its question is left out. */
const window = (last: number) => newest(windowSize - 1, last).slice(1)

test('of 500 messages the model gets the newest, oldest first, and the new message once', async () => {
  const ann = await clientOf(server)
  const conversation = await storeConversation(server.context.db, ann.userId, { turns: 250 })
  await storeConversation(server.context.db, ann.userId, { turns: 3 })
  const answer = await ann.say('And now?', conversation)
  expect(answer).toMatchObject({ status: 200, body: { response: 'Fine.' } })
  expect(replay.requests).toHaveLength(1)
  expect(spoken(promptOf(0))).toEqual([...window(250), 'user: And now?'])

  await ann.say('And then?', conversation)
  expect(spoken(promptOf(1))).toEqual([
    ...newest(windowSize - 3, 250).slice(1),
    'user: And now?',
    'assistant: Fine.',
    'user: And then?',
  ])
})

test('a conversation shorter than the window is given whole', async () => {
  const ann = await clientOf(server)
  const conversation = await storeConversation(server.context.db, ann.userId, { turns: 3 })
  await ann.say('And now?', conversation)
  expect(spoken(promptOf(0))).toEqual([...newest(6, 3), 'user: And now?'])
})

test('tool calls of the window come with their results, each right behind its call', async () => {
  const ann = await clientOf(server)
  const conversation = await storeConversation(server.context.db, ann.userId, { turns: 250, callEvery: 2 })
  await ann.say('And now?', conversation)
  const messages = promptOf(0)
  const texts = messages.filter(({ role, tool_calls }) => role !== 'tool' && !tool_calls)
  expect(spoken(texts)).toEqual([...window(250), 'user: And now?'])

  const calls = messages.flatMap(({ tool_calls = [] }, at) => tool_calls.map(call => ({ at, call })))
  expect(calls).toHaveLength(10)
  for (const { at, call } of calls) {
    expect(call.function).toEqual({ name: 'list_tasks', arguments: '{"status":"all"}' })
    const [result, text] = messages.slice(at + 1)
    expect(result).toMatchObject({ role: 'tool', tool_call_id: call.id })
    const data = /^<data>(.+)<\/data>$/.exec(result?.content ?? '')?.[1] ?? ''
    const turn = JSON.parse(data).of_turn
    expect(text).toMatchObject({ role: 'assistant', content: `answer ${turn}` })
  }
  expect(new Set(calls.map(({ call }) => call.id)).size).toBe(10)
})

test('what waits behind a turn is not in its window, and the answer before it is', async () => {
  const ann = await clientOf(server)
  const first = held(textStream('One.'), { after: 0 })
  replay.enqueue([first, textStream('Two.'), textStream('Three.')])
  const { body: conversation } = await ann.call('POST', '/conversations', {})
  const answers = [ann.say('first', conversation.id)]
  await first.reached
  for (const message of ['second', 'third']) {
    const waiting = await ann.open(
      'POST',
      '/chat',
      { message, conversation_id: conversation.id },
      { accept: 'text/event-stream' },
    )
    answers.push(waiting.text().then(body => ({ status: waiting.status, body, headers: waiting.headers })))
  }
  first.release()
  await Promise.all(answers)
  expect([0, 1, 2].map(n => spoken(promptOf(n)))).toEqual([
    ['user: first'],
    ['user: first', 'assistant: One.', 'user: second'],
    ['user: first', 'assistant: One.', 'user: second', 'assistant: Two.', 'user: third'],
  ])
})

test('a message whose answer failed stays in the window, with a note where its answer would be', async () => {
  const ann = await clientOf(server)
  replay.enqueue([failure(400)])
  const failed = await ann.say('first')
  expect(failed.status).toBe(503)
  replay.requests.length = 0
  await ann.say('second', failed.body.conversation_id)
  const [question, note, ...rest] = spoken(promptOf(0))
  expect([question, ...rest]).toEqual(['user: first', 'user: second'])
  expect(note).toMatch(/^assistant: \(.*failed.*\)$/)
})

test('versions that are not read are not in the window', async () => {
  const ann = await clientOf(server)
  replay.enqueue([textStream('One.'), textStream('Another one.')])
  const { body: one } = await ann.say('first')
  await ann.call('POST', `/turns/${one.turn_id}/versions`, { message: 'first, edited' })
  replay.requests.length = 0
  await ann.say('second', one.conversation_id)
  expect(spoken(promptOf(0))).toEqual(['user: first, edited', 'assistant: Another one.', 'user: second'])
})
