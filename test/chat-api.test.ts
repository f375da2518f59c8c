import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../server/app.ts'
import { allEventsOf, eventsOf, firstEventOf } from './support/event-stream.ts'
import {
  type Answer,
  emptyStream,
  failure,
  held,
  malformedToolCallStream,
  reasoning,
  stream,
  text,
  textStream,
  toolCall,
  toolCallStream,
} from './support/replay-answers.ts'
import { type ReplayServer, startReplayServer } from './support/replay-server.ts'
import {
  type Answered,
  answeredBy,
  type Client,
  clientOf,
  startServer,
  type TestServer,
} from './support/server.ts'

const maxSteps = 4
const attempts = 3
const asEvents = { accept: 'text/event-stream' }
const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

let replay: ReplayServer
let server: TestServer
let ann: Client
beforeAll(async () => {
  replay = await startReplayServer()
  server = await startServer({
    MODEL: 'compatible/test',
    MODEL_BASE_URL: replay.url,
    MAX_STEPS: String(maxSteps),
    MODEL_RETRIES: String(attempts - 1),
  })
})
beforeEach(async () => {
  replay.requests.length = 0
  replay.otherwise(failure(400))
  ann = await clientOf(server)
})
afterEach(() => {
  expect(server.context.engine.live.size, 'turns left running').toBe(0)
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await replay?.[Symbol.asyncDispose]()
})

const expectProblem = (answer: Answered, status: number, code: string) => {
  expect([answer.status, answer.body.code]).toEqual([status, code])
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.body).toMatchObject({
    type: expect.stringContaining(code),
    title: expect.any(String),
    status,
    detail: expect.any(String),
    request_id: answer.headers.get('x-request-id'),
  })
  expect(JSON.stringify(answer.body)).not.toMatch(/SECRET|select |insert |colloquy\.|\.ts:|node_modules/)
}

const messagesOf = async (client: Client, conversation: string) =>
  (await client.call('GET', `/conversations/${conversation}/messages`)).body

/** Says something that the model begins to answer and does not end before `release`. */
async function beginAnswer(client: Client, answer: Answer = textStream('One.')) {
  const { body: conversation } = await client.call('POST', '/conversations', {})
  const answering = held(answer, { after: 0 })
  replay.enqueue([answering])
  const answered = client.say('first', conversation.id)
  await answering.reached
  const [turn] = (await client.call('GET', `/conversations/${conversation.id}/turns`)).body
  return { conversation: String(conversation.id), turn, answered, release: answering.release }
}

describe('an answer', () => {
  test('is whole: text, tool calls with results, usage, and where it is stored', async () => {
    replay.enqueue([
      stream(text('I shall add it.'), toolCall('add_task', { title: 'Buy milk' })),
      textStream('Added ', '“Buy milk”.'),
    ])
    const { status, headers, body } = await ann.say('  Milk, please \n')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/json')
    expect(body).toEqual({
      conversation_id: expect.stringMatching(uuid),
      context: { messages: 1, tokens: expect.any(Number), limit: expect.any(Number), summarised: false },
      turn_id: expect.stringMatching(uuid),
      message_id: expect.stringMatching(uuid),
      status: 'completed',
      response: 'I shall add it.\n\nAdded “Buy milk”.',
      tool_calls: [
        {
          id: expect.stringMatching(uuid),
          name: 'add_task',
          arguments: { title: 'Buy milk' },
          result: expect.objectContaining({ task_id: 1, status: 'created', title: 'Buy milk' }),
          status: 'completed',
          executed_at: expect.stringMatching(instant),
        },
      ],
      usage: { input_tokens: 20, output_tokens: 10 },
      created_at: expect.stringMatching(instant),
    })
    const messages = await messagesOf(ann, body.conversation_id)
    expect(messages).toMatchObject([
      { seq: 1, role: 'user', status: null, content: 'Milk, please', tool_calls: [], turn_id: body.turn_id },
      { seq: 2, role: 'assistant', status: 'completed', content: body.response, tool_calls: body.tool_calls },
    ])
    expect(messages[1].id).toBe(body.message_id)
    const conversation = await ann.call('GET', `/conversations/${body.conversation_id}`)
    expect(conversation.body).toMatchObject({
      title: 'Milk, please',
      active_turn_id: null,
      head_turn_id: body.turn_id,
    })
  })

  test('without tools has an empty list of them, and a null conversation is a new one', async () => {
    replay.enqueue([textStream('Hello.'), textStream('Hello again.')])
    const one = await ann.call('POST', '/chat', { message: 'Hi', conversation_id: null })
    expect(one.body).toMatchObject({ response: 'Hello.', tool_calls: [] })
    const two = await ann.say('Hi')
    expect(two.body.conversation_id).not.toBe(one.body.conversation_id)
  })

  test('may be 5,000 code points of question, not of UTF-16', async () => {
    replay.enqueue([textStream('Long.')])
    const message = '😀'.repeat(5000)
    const { body } = await ann.say(message)
    expect((await messagesOf(ann, body.conversation_id))[0].content).toBe(message)
  })

  test('keeps every character that was sent', async () => {
    const message = `'; drop table tasks; -- \\ "quoted" \u{1f468}\u200d\u{1f469} اردو \r\n\ttab %s $1 ‮`
    replay.enqueue([textStream(message)])
    const { body } = await ann.say(message)
    const [question, answer] = await messagesOf(ann, body.conversation_id)
    expect([question.content, answer.content, body.response]).toEqual([message, message, message])
  })
})

describe('an unknown conversation', () => {
  test('absent or of another user: one answer for both, nothing is asked or made', async () => {
    replay.enqueue([textStream('Fine.')])
    const bob = await clientOf(server)
    const { body: own } = await bob.say('mine alone')
    replay.requests.length = 0
    const absent = await ann.say('Hi', randomUUID())
    const foreign = await ann.say('Hi', own.conversation_id)
    for (const answer of [absent, foreign]) expectProblem(answer, 404, 'conversation_not_found')
    const withoutId = ({ request_id: _, ...problem }: Record<string, unknown>) => problem
    expect(withoutId(foreign.body)).toEqual(withoutId(absent.body))
    expect(replay.requests).toEqual([])
    expect((await ann.call('GET', '/conversations')).body).toEqual([])
    expect(await messagesOf(bob, own.conversation_id)).toHaveLength(2)
  })

  test('of every other address answers the same for absent and foreign', async () => {
    replay.enqueue([textStream('Fine.')])
    const bob = await clientOf(server)
    const { body: own } = await bob.say('mine alone')
    for (const [method, path, body] of [
      ['GET', ''],
      ['PATCH', '', { title: 'Stolen' }],
      ['DELETE', ''],
      ['GET', '/messages'],
      ['GET', '/turns'],
      ['PUT', '/head', { turn_id: own.turn_id }],
    ] as const) {
      for (const id of [own.conversation_id, randomUUID()])
        expectProblem(
          await ann.call(method, `/conversations/${id}${path}`, body),
          404,
          'conversation_not_found',
        )
    }
    expect((await bob.call('GET', `/conversations/${own.conversation_id}`)).body.title).toBe('mine alone')
  })
})

describe('a conversation whose turn runs', () => {
  test('refuses when asked to, and says which turn it is', async () => {
    const { conversation, turn, answered, release } = await beginAnswer(ann)
    const refused = await ann.say('second', conversation, { if_busy: 'reject' })
    expectProblem(refused, 409, 'conversation_busy')
    expect(refused.body).toMatchObject({ conversation_id: conversation, turn_id: turn.id })
    release()
    expect((await answered).body).toMatchObject({ turn_id: turn.id, response: 'One.' })
    expect((await messagesOf(ann, conversation)).map((each: { seq: number }) => each.seq)).toEqual([1, 2])
  })

  test('lets the next message wait and answers it in its turn', async () => {
    const { conversation, answered, release } = await beginAnswer(ann)
    replay.enqueue([textStream('Two.')])
    const second = ann.open('POST', '/chat', { message: 'second', conversation_id: conversation }, asEvents)
    const waiting = eventsOf(await second)
    expect((await waiting.next()).value).toMatchObject({ type: 'turn.snapshot', status: 'queued' })
    release()
    const types = []
    for await (const event of waiting) types.push(event.type)
    expect(types).toContain('turn.started')
    expect(types.at(-1)).toBe('turn.completed')
    expect((await answered).body.response).toBe('One.')
    const contents = (await messagesOf(ann, conversation)).map((each: { content: string }) => each.content)
    expect(contents).toEqual(['first', 'One.', 'second', 'Two.'])
  })

  test('is interrupted when asked to: the text so far is kept, what waited is withdrawn', async () => {
    const { body: conversation } = await ann.call('POST', '/conversations', {})
    const spoken = held(textStream('So ', 'far.'), { after: 1 })
    replay.enqueue([spoken])
    const first = await ann.open(
      'POST',
      '/chat',
      { message: 'first', conversation_id: conversation.id },
      asEvents,
    )
    const firstEvents = eventsOf(first)
    for await (const event of firstEvents) if (event.type === 'text.delta') break
    const waiting = ann.say('waits', conversation.id)
    await untilQueued(conversation.id)
    replay.enqueue([textStream('Three.')])
    const third = await ann.say('third', conversation.id, { if_busy: 'interrupt' })
    expect(third.body).toMatchObject({ status: 'completed', response: 'Three.' })
    expect((await waiting).body).toMatchObject({ status: 'cancelled', response: '' })
    spoken.release()
    expect(await messagesOf(ann, conversation.id)).toMatchObject([
      { content: 'first' },
      { content: 'So ', status: 'cancelled' },
      { content: 'third' },
      { content: 'Three.', status: 'completed' },
    ])
  })

  /** Another post has been accepted by the time its turn can be read. */
  async function untilQueued(conversation: string) {
    for (;;) {
      const { body } = await ann.call('GET', `/conversations/${conversation}/turns?status=queued`)
      if (body.length > 0) return
    }
  }
})

describe('an idempotency key', () => {
  const withKey = (key: string) => ({ 'idempotency-key': key })

  test('used again is the same turn, whether that runs or is over', async () => {
    const answering = held(textStream('Once.'), { after: 0 })
    replay.enqueue([answering])
    const post = () => ann.call('POST', '/chat', { message: 'Hi' }, withKey('k-1'))
    const first = post()
    await answering.reached
    const others = [post(), post(), post()]
    answering.release()
    const answers = await Promise.all([first, ...others])
    answers.push(await post())
    answers.push(await ann.call('POST', '/chat', { message: ' Hi ', if_busy: 'reject' }, withKey('k-1')))
    for (const { status, body } of answers)
      expect([status, body]).toEqual([200, { ...answers[0]?.body, created_at: body.created_at }])
    expect(replay.requests).toHaveLength(1)
    expect((await ann.call('GET', '/conversations')).body).toHaveLength(1)
  })

  test('sent many times at once is one turn', async () => {
    replay.otherwise(textStream('Once.'))
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => ann.call('POST', '/chat', { message: 'Hi' }, withKey('k-2'))),
    )
    expect(new Set(answers.map(answer => `${answer.status} ${answer.body.turn_id}`)).size).toBe(1)
    expect(replay.requests).toHaveLength(1)
  })

  test('with another body is refused and changes nothing', async () => {
    replay.enqueue([textStream('Once.')])
    const { body } = await ann.call('POST', '/chat', { message: 'Hi' }, withKey('k-3'))
    for (const other of [{ message: 'Ho' }, { message: 'Hi', conversation_id: body.conversation_id }])
      expectProblem(await ann.call('POST', '/chat', other, withKey('k-3')), 422, 'idempotency_mismatch')
    expect(await messagesOf(ann, body.conversation_id)).toHaveLength(2)
    expect(replay.requests).toHaveLength(1)
  })

  test('is of its user alone', async () => {
    replay.enqueue([textStream('For Ann.'), textStream('For Bob.')])
    const bob = await clientOf(server)
    const answers = [
      await ann.call('POST', '/chat', { message: 'Hi' }, withKey('k-4')),
      await bob.call('POST', '/chat', { message: 'Hi' }, withKey('k-4')),
    ]
    expect(answers.map(({ body }) => body.response)).toEqual(['For Ann.', 'For Bob.'])
  })

  test('of a turn that failed answers the same failure again, without another try', async () => {
    replay.enqueue([failure(400)])
    const post = () => ann.call('POST', '/chat', { message: 'Hi' }, withKey('k-5'))
    const answers = [await post(), await post()]
    for (const answer of answers) expectProblem(answer, 503, 'agent_unavailable')
    expect(answers[1]?.body.turn_id).toBe(answers[0]?.body.turn_id)
    expect(replay.requests).toHaveLength(1)
  })

  test('of a turn that was deleted is used up', async () => {
    replay.enqueue([textStream('Once.')])
    const post = () => ann.call('POST', '/chat', { message: 'Hi' }, withKey('k-6'))
    const { body } = await post()
    await ann.call('DELETE', `/conversations/${body.conversation_id}`)
    expectProblem(await post(), 404, 'turn_not_found')
    expect(replay.requests).toHaveLength(1)
  })
})

describe('a model that fails', () => {
  /** The message is there, the failure is told, and both ways of trying again work. */
  async function expectRetryWorks(failed: Answered) {
    const { conversation_id, turn_id } = failed.body
    const [question, answer] = await messagesOf(ann, conversation_id)
    expect(question).toMatchObject({ content: 'Hi', turn_id })
    expect(answer).toMatchObject({ role: 'assistant', status: 'failed', turn_id })
    const { body: turn } = await ann.call('GET', `/turns/${turn_id}`)
    expect(turn).toMatchObject({ status: 'failed', error: { code: failed.body.code } })

    replay.enqueue([textStream('Now.'), textStream('And more.')])
    const again = await ann.call('POST', `/turns/${turn_id}/versions`, {})
    expect(again.body).toMatchObject({ status: 'completed', response: 'Now.', conversation_id })
    expect((await ann.say('More', conversation_id)).body.response).toBe('And more.')
    const contents = (await messagesOf(ann, conversation_id)).map((each: { content: string }) => each.content)
    expect(contents).toEqual(['Hi', 'Now.', 'More', 'And more.'])
  }

  test('again and again is unavailable after its retries; nothing of the provider is told', async () => {
    replay.enqueue(Array.from({ length: attempts }, () => failure(500)))
    const failed = await ann.say('Hi')
    expectProblem(failed, 503, 'agent_unavailable')
    expect(replay.requests).toHaveLength(attempts)
    await expectRetryWorks(failed)
  })

  test('once is asked again, and the answer is as if nothing had been', async () => {
    replay.enqueue([failure(500), failure(429), textStream('Here.')])
    const { status, body } = await ann.say('Hi')
    expect([status, body.response]).toEqual([200, 'Here.'])
    expect(await messagesOf(ann, body.conversation_id)).toHaveLength(2)
  })

  test('for good is not asked again', async () => {
    replay.enqueue([failure(401)])
    const failed = await ann.say('Hi')
    expectProblem(failed, 503, 'agent_unavailable')
    expect(replay.requests).toHaveLength(1)
    await expectRetryWorks(failed)
  })

  test('by saying nothing is unavailable', async () => {
    replay.enqueue([emptyStream()])
    const failed = await ann.say('Hi')
    expectProblem(failed, 503, 'agent_unavailable')
    await expectRetryWorks(failed)
  })

  test('by calling tools without end is stopped, and what the tools did stays', async () => {
    replay.enqueue(
      Array.from({ length: maxSteps }, (_, n) => toolCallStream('add_task', { title: `Task ${n}` })),
    )
    const failed = await ann.say('Hi')
    expectProblem(failed, 503, 'agent_unavailable')
    expect(replay.requests).toHaveLength(maxSteps)
    expect((await ann.call('GET', '/tasks')).body).toHaveLength(maxSteps)
    const [, answer] = await messagesOf(ann, failed.body.conversation_id)
    expect(answer.tool_calls).toHaveLength(maxSteps)
    await expectRetryWorks(failed)
  })

  test('in the stream ends it with turn.failed and the same code', async () => {
    replay.enqueue([failure(400)])
    const events = await allEventsOf(await ann.open('POST', '/chat', { message: 'Hi' }, asEvents))
    expect(events.at(-1)).toMatchObject({ type: 'turn.failed', error: { code: 'agent_unavailable' } })
    expect(JSON.stringify(events)).not.toContain('SECRET')
  })

  test('to answer in time is a time-out, its request is closed, and a retry works', async () => {
    await using impatient = await startServer({
      MODEL: 'compatible/test',
      MODEL_BASE_URL: replay.url,
      STEP_TIMEOUT_SECONDS: '0.3',
    })
    const client = await clientOf(impatient)
    const never = [held(textStream('Late.'), { after: -1 }), held(textStream('Too ', 'late.'), { after: 1 })]
    for (const [n, answer] of never.entries()) {
      replay.enqueue([answer])
      const failed = await client.say('Hi')
      expectProblem(failed, 504, 'agent_timeout')
      expect(await (await replay.request(n)).closed).toBe('early')
      const [question, kept] = await messagesOf(client, failed.body.conversation_id)
      expect([question.content, kept.status]).toEqual(['Hi', 'failed'])
    }
    const { body: conversations } = await client.call('GET', '/conversations')
    replay.enqueue([textStream('In time.')])
    expect((await client.say('Again', conversations[0].id)).body.response).toBe('In time.')
    for (const answer of never) answer.release()
  })
})

describe('a tool call that cannot be carried out', () => {
  test.each<[string, Answer, Record<string, unknown>]>([
    [
      'of a tool that there is not',
      toolCallStream('launch_rocket', { to: 'Mars' }),
      { code: 'unknown_tool' },
    ],
    ['with arguments that are no JSON', malformedToolCallStream('add_task'), { code: 'invalid_arguments' }],
    ['with arguments of wrong type', toolCallStream('add_task', { title: 7 }), { code: 'invalid_arguments' }],
    ['with a blank title', toolCallStream('add_task', { title: ' ' }), { code: 'invalid_arguments' }],
    [
      'on what there is not',
      toolCallStream('complete_task', { task_id: 999 }),
      { code: 'task_not_found', error: 'Task 999 was not found' },
    ],
  ])('%s: the model is told, and the turn goes on', async (_, call, result) => {
    replay.enqueue([call, textStream('That did not work.')])
    const { status, body } = await ann.say('Go')
    expect([status, body.status, body.response]).toEqual([200, 'completed', 'That did not work.'])
    expect(body.tool_calls).toMatchObject([{ status: 'failed', result }])
    const told = JSON.stringify(replay.requests[1]?.body.messages)
    expect(told).toContain(String(result.code))
    expect((await ann.call('GET', `/turns/${body.turn_id}`)).body.tool_calls).toEqual(body.tool_calls)
    expect((await ann.call('GET', '/tasks')).body).toEqual([])
  })

  test('does not keep the others of its step from being carried out, in order', async () => {
    replay.enqueue([
      stream(
        toolCall('add_task', { title: 'One' }),
        toolCall('complete_task', { task_id: 999 }),
        toolCall('add_task', { title: 'Two' }),
      ),
      textStream('Two of three.'),
    ])
    const { body } = await ann.say('Go')
    expect(body.tool_calls.map((each: { status: string }) => each.status)).toEqual([
      'completed',
      'failed',
      'completed',
    ])
    const tasks = await ann.call('GET', '/tasks?sort=created_at&order=asc')
    expect(tasks.body).toMatchObject([
      { id: 1, title: 'One' },
      { id: 2, title: 'Two' },
    ])
  })
})

describe('an answer that takes longer than a client should wait', () => {
  test('goes on behind a 202, and can be read and followed where it says', async () => {
    const config = { ...server.context.config, responseWaitSeconds: 0 }
    const app = createApp({ ...server.context, config })
    const answering = held(textStream('At ', 'last.'), { after: 1 })
    replay.enqueue([answering])
    const response = await app.request(`/api/${ann.userId}/chat`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'Hi' }),
    })
    const { status, headers, body } = await answeredBy(response)
    expect(status).toBe(202)
    expect(body).toEqual({
      conversation_id: expect.stringMatching(uuid),
      turn_id: expect.stringMatching(uuid),
      status: 'running',
    })
    expect(headers.get('location')).toBe(`/api/${ann.userId}/turns/${body.turn_id}`)
    await answering.reached
    const path = `/turns/${body.turn_id}`
    expect((await ann.call('GET', path)).body).toMatchObject({
      status: 'running',
      message: 'Hi',
      response: null,
    })
    const following = eventsOf(await ann.open('GET', `${path}/events`))
    answering.release()
    let last: unknown
    for await (const event of following) last = event
    expect(last).toMatchObject({ type: 'turn.completed', response: 'At last.' })
    expect((await ann.call('GET', path)).body).toMatchObject({
      status: 'completed',
      response: 'At last.',
      finished_at: expect.stringMatching(instant),
    })
  })
})

describe('an answer as events', () => {
  test('begins with a snapshot, grows, shows tools, and ends with the whole', async () => {
    replay.enqueue([
      stream(reasoning('Hm. '), text('I shall.'), toolCall('add_task', { title: 'Buy milk' })),
      textStream('Added ', 'it.'),
    ])
    const response = await ann.open('POST', '/chat', { message: 'Milk' }, asEvents)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toContain('no-transform')
    const events = await allEventsOf(response)
    expect(events[0]).toMatchObject({ type: 'turn.snapshot', status: 'running' })
    const kinds = events.map(event => event.type).filter(type => type !== 'turn.snapshot')
    expect(kinds.filter((type, i) => type !== kinds[i - 1])).toEqual([
      'reasoning.delta',
      'text.delta',
      'tool.called',
      'tool.finished',
      'step.finished',
      'text.delta',
      'turn.completed',
    ])
    expect(events.find(event => event.type === 'tool.finished')).toMatchObject({
      tool_call: { name: 'add_task', status: 'completed', result: { task_id: 1 } },
    })
    const texts = events.flatMap(event => (event.type === 'text.delta' ? [event.delta] : []))
    expect(texts.join('')).toBe('I shall.Added it.')
    const { type: _, ...outcome } = { ...events.at(-1), type: undefined }
    const { body: turn } = await ann.call('GET', `/turns/${events[0]?.turn_id}`)
    expect(outcome).toMatchObject({ response: 'I shall.\n\nAdded it.', tool_calls: turn.tool_calls })
  })

  test('is whole for who comes late: a snapshot of all so far, then the rest', async () => {
    const answering = held(textStream('One, ', 'two, ', 'three.'), { after: 2 })
    replay.enqueue([answering])
    const first = await ann.open('POST', '/chat', { message: 'Count' }, asEvents)
    const early = eventsOf(first)
    let seen = ''
    let turnId = ''
    while (seen !== 'One, two, ') {
      const { value: event } = await early.next()
      if (event?.type === 'text.delta') seen += event.delta
      turnId = event?.turn_id ?? turnId
    }
    const late = eventsOf(await ann.open('GET', `/turns/${turnId}/events`))
    expect((await late.next()).value).toMatchObject({
      type: 'turn.snapshot',
      parts: [{ type: 'text', text: 'One, two, ' }],
    })
    answering.release()
    const ends = [early, late].map(async events => {
      const rest = []
      for await (const event of events) rest.push(event)
      return rest
    })
    for (const rest of await Promise.all(ends)) {
      expect(rest.flatMap(event => (event.type === 'text.delta' ? [event.delta] : []))).toEqual(['three.'])
      expect(rest.at(-1)).toMatchObject({ type: 'turn.completed', response: 'One, two, three.' })
    }
    const after = await allEventsOf(await ann.open('GET', `/turns/${turnId}/events`))
    expect(after).toMatchObject([
      { type: 'turn.snapshot', status: 'completed', parts: [{ type: 'text', text: 'One, two, three.' }] },
      { type: 'turn.completed', response: 'One, two, three.' },
    ])
  })

  test('goes on when its reader goes away', async () => {
    const answering = held(textStream('Still ', 'here.'), { after: 1 })
    replay.enqueue([answering])
    const response = await ann.open('POST', '/chat', { message: 'Hi' }, asEvents)
    const { turn_id } = await firstEventOf(response, 'text.delta')
    answering.release()
    const events = await allEventsOf(await ann.open('GET', `/turns/${turn_id}/events`))
    expect(events.at(-1)).toMatchObject({ type: 'turn.completed', response: 'Still here.' })
  })

  test('of another user is not found', async () => {
    replay.enqueue([textStream('Fine.')])
    const { body } = await ann.say('Hi')
    const bob = await clientOf(server)
    expectProblem(await bob.call('GET', `/turns/${body.turn_id}/events`), 404, 'turn_not_found')
  })

  test('that cannot begin is an ordinary problem', async () => {
    const answer = await ann.call('POST', '/chat', { message: 'Hi', conversation_id: randomUUID() }, asEvents)
    expectProblem(answer, 404, 'conversation_not_found')
  })
})
