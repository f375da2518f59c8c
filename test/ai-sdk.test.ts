import { safeValidateUIMessages } from 'ai'
import { describe, expect, test } from 'vitest'
import {
  failure,
  held,
  reasoning,
  stream,
  text,
  textStream,
  toolCall,
  toolCallStream,
} from './support/replay-answers.ts'
import { patiently, promptOf, readingOf } from './support/replayed-server.ts'
import { clientOf } from './support/server.ts'
import { ann, shareReplayedServer, world } from './support/shared-replayed-server.ts'
import { type ChatMessage, shownOf, UiChat } from './support/ui-chat.ts'

/** The AI SDK's own client against the real server. */

shareReplayedServer()
let chats = 0

const open = (more: Partial<ConstructorParameters<typeof UiChat>[2]> = {}, client = ann) =>
  new UiChat(world.server, client, { id: `chat-${++chats}`, ...more })

const uiCall = (method: string, path: string, body?: unknown, client = ann) =>
  fetch(`${world.server.url}/ai-sdk${path}`, {
    method,
    headers: { authorization: `Bearer ${client.token}`, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  })

async function historyOf(id: string, query = ''): Promise<ChatMessage[]> {
  const messages: ChatMessage[] = await (await uiCall('GET', `/${id}/messages${query}`)).json()
  const valid = await safeValidateUIMessages({ messages })
  expect(valid).toMatchObject({ success: true })
  return messages
}

/** What the client shows is what the history says, parts, ids and all. */
async function expectStored(chat: UiChat): Promise<void> {
  const stored = await historyOf(chat.id)
  expect(stored.map(shownOf)).toEqual(chat.shown)
  expect(stored.map(message => message.id)).toEqual(chat.messages.map(message => message.id))
}

describe.each([
  ['posting the newest message', true],
  ['posting all messages', false],
])('%s', (_, newestOnly) => {
  test('text and reasoning stream into one message, under the id that the history has', async () => {
    world.replay.enqueue([stream(reasoning('Hm', ', well'), text('Hel', 'lo!')), textStream('Again.')])
    const chat = open({ newestOnly })
    await chat.sendMessage({ text: 'Hi' })
    expect(chat.shown).toEqual(['user: Hi', 'assistant completed: Hm, well | Hello!'])
    expect(chat.last.parts.map(part => part.type)).toEqual(['step-start', 'reasoning', 'text'])
    const { turnId, conversationId, userMessageId, usage, versions } = chat.last.metadata ?? {}
    expect([chat.last.id, chat.messages[0]?.id]).toEqual([turnId, userMessageId])
    expect(usage).toEqual({ input_tokens: 10, output_tokens: 5 })
    expect(versions).toEqual({ parent: null, index: 0, count: 1 })
    await chat.sendMessage({ text: 'And now?' })
    await expectStored(chat)
    expect(await readingOf(ann, conversationId ?? '')).toEqual([
      '1 user: Hi',
      '2 assistant: Hello!',
      '3 user: And now?',
      '4 assistant: Again.',
    ])
    expect([chat.status, chat.errors]).toEqual(['ready', []])
  })

  test('a tool call is shown with its input and its output, in steps', async () => {
    world.replay.enqueue([
      stream(text('One moment.'), toolCall('add_task', { title: 'Milk' })),
      textStream('Added.'),
    ])
    const chat = open({ newestOnly })
    await chat.sendMessage({ text: 'Add milk' })
    expect(chat.shown.at(-1)).toBe('assistant completed: One moment. | add_task output-available | Added.')
    expect(chat.last.parts[2]).toMatchObject({
      type: 'tool-add_task',
      input: { title: 'Milk' },
      output: { task_id: 1, status: 'created', title: 'Milk' },
      toolMetadata: { status: 'completed', executedAt: expect.stringMatching(/Z$/) },
    })
    await expectStored(chat)
  })

  test.each([true, false])('a question is answered in the same message, once: %s', async approved => {
    await ann.call('POST', '/tasks', { title: 'A' })
    world.replay.enqueue([
      stream(text('Sure?'), toolCall('delete_task', { task_id: 1 })),
      textStream('Done with it.'),
    ])
    const chat = open({ newestOnly })
    await chat.sendMessage({ text: 'Delete A' })
    expect(chat.shown.at(-1)).toBe('assistant awaiting_approval: Sure? | delete_task approval-requested')
    await expectStored(chat)
    await chat.answer(approved, 'not today')
    const became = approved ? 'output-available' : 'output-denied'
    expect(chat.shown).toEqual([
      'user: Delete A',
      `assistant completed: Sure? | delete_task ${became} | Done with it.`,
    ])
    expect(chat.posts).toHaveLength(2)
    expect((await ann.call('GET', '/tasks')).body).toHaveLength(approved ? 0 : 1)
    await expectStored(chat)
    expect(
      promptOf(await world.replay.request(1))
        .join()
        .includes('not today'),
    ).toBe(!approved)
    const resumed = await uiCall('GET', `/${chat.id}/messages`)
    expect((await resumed.text()).includes('"reason":"not today"')).toBe(!approved)
    const again = await uiCall('POST', '', JSON.parse(chat.posts[1]?.slice(5) ?? ''))
    expect([again.status, (await again.text()).includes('Done with it.')]).toEqual([200, true])
    expect(world.replay.requests).toHaveLength(2)
  })

  test('a message is answered anew, and edited, as versions', async () => {
    world.replay.enqueue([textStream('First.'), textStream('Second.'), textStream('Third.')])
    const chat = open({ newestOnly })
    await chat.sendMessage({ text: 'Hi' })
    const [user, first] = chat.messages
    await chat.regenerate({ messageId: first?.id ?? '' })
    expect(chat.errors).toEqual([])
    expect(chat.shown).toEqual(['user: Hi', 'assistant completed: Second.'])
    expect(chat.last.id).not.toBe(first?.id)
    expect(chat.last.metadata?.versions).toEqual({ parent: null, index: 1, count: 2, previous: first?.id })
    await expectStored(chat)
    await chat.sendMessage({ text: 'Hello', messageId: user?.id ?? '' })
    expect(chat.shown).toEqual(['user: Hello', 'assistant completed: Third.'])
    await expectStored(chat)
    const [edited] = await historyOf(chat.id)
    expect(edited).toMatchObject({ id: user?.id, metadata: { versions: { index: 2, count: 3 } } })
    expect(world.replay.requests.map(request => promptOf(request))).toEqual([
      ['user: Hi'],
      ['user: Hi'],
      ['user: Hello'],
    ])
  })
})

describe('a turn', () => {
  test('that fails says why, keeps its parts, and can be tried again', async () => {
    world.replay.enqueue([toolCallStream('add_task', { title: 'Milk' }), failure(500), textStream('Added.')])
    const chat = open()
    await chat.sendMessage({ text: 'Add milk' })
    expect([chat.status, chat.errors.map(error => error.message)]).toEqual([
      'error',
      [chat.last.metadata?.error?.detail],
    ])
    expect(chat.last.metadata?.error?.code).toBe('agent_unavailable')
    expect(chat.shown.at(-1)).toBe('assistant failed: add_task output-available')
    await expectStored(chat)
    await chat.regenerate({ messageId: chat.last.id })
    expect(chat.shown).toEqual(['user: Add milk', 'assistant completed: Added.'])
  })

  test('that is stopped keeps its text, and nothing of it stays open', async () => {
    const answer = held(textStream('So ', 'far'), { after: 1 })
    world.replay.enqueue([answer])
    const chat = open()
    const sending = chat.sendMessage({ text: 'Hi' })
    await expect.poll(() => chat.shown.at(-1), patiently).toBe('assistant running: So ')
    expect((await uiCall('POST', `/${chat.id}/stop`)).status).toBe(200)
    await sending
    expect([chat.status, chat.shown.at(-1)]).toEqual(['ready', 'assistant cancelled: So '])
    expect(chat.last.parts.at(-1)).toMatchObject({ type: 'text', state: 'done' })
    expect((await uiCall('POST', `/${chat.id}/stop`)).status).toBe(204)
    await expectStored(chat)
    answer.release()
  })

  test('goes on while nobody looks, and is joined again from its start', async () => {
    const answer = held(textStream('One ', 'two'), { after: 1 })
    world.replay.enqueue([answer])
    const chat = open()
    const sending = chat.sendMessage({ text: 'Hi' })
    await expect.poll(() => chat.shown.at(-1), patiently).toBe('assistant running: One ')
    await chat.stop()
    await sending
    const reloaded = open({ id: chat.id, messages: await historyOf(chat.id) })
    expect(reloaded.shown).toEqual(['user: Hi'])
    const resuming = [chat.resumeStream(), reloaded.resumeStream()]
    await expect.poll(() => reloaded.shown.at(-1), patiently).toBe('assistant running: One ')
    answer.release()
    await Promise.all(resuming)
    expect(reloaded.shown).toEqual(['user: Hi', 'assistant completed: One two'])
    expect(chat.shown).toEqual(reloaded.shown)
    await expectStored(reloaded)
    expect((await uiCall('GET', `/${chat.id}/stream`)).status).toBe(204)
  })

  test('that waits says so, then runs', async () => {
    const answer = held(textStream('First.'), { after: -1 })
    world.replay.enqueue([answer, textStream('Second.')])
    const chat = open()
    const sending = chat.sendMessage({ text: 'One' })
    await answer.reached
    const tab = open({ id: chat.id })
    const waiting = tab.sendMessage({ text: 'Two' })
    await expect.poll(() => tab.shown, patiently).toEqual(['user: Two', 'assistant queued: '])
    const busy = {
      id: chat.id,
      message: { id: 'm3', role: 'user', parts: [{ type: 'text', text: 'Three' }] },
    }
    expect((await uiCall('POST', '', { ...busy, if_busy: 'reject' })).status).toBe(409)
    answer.release()
    await Promise.all([sending, waiting])
    expect(tab.shown).toEqual(['user: Two', 'assistant completed: Second.'])
    expect((await historyOf(chat.id)).map(shownOf)).toEqual([...chat.shown, ...tab.shown])
  })

  test('is one, however often and at how many places its message is posted at once', async () => {
    world.replay.otherwise(textStream('Once.'))
    const body = {
      id: `chat-${++chats}`,
      message: { id: 'm1', role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
    }
    const streams = await Promise.all(
      Array.from({ length: 8 }, async () => (await uiCall('POST', '', body)).text()),
    )
    const ids = streams.map(text => /"messageId":"([^"]+)"/.exec(text)?.[1])
    expect([new Set(ids).size, ids[0]?.length]).toEqual([1, 36])
    for (const stream of streams) expect(stream).toContain('Once.')
    expect(world.replay.requests).toHaveLength(1)
    expect((await historyOf(body.id)).map(shownOf)).toEqual(['user: Hi', 'assistant completed: Once.'])
  })

  test('made once more by several posts at once is made once more once', async () => {
    world.replay.otherwise(textStream('Again.'))
    const chat = open()
    await chat.sendMessage({ text: 'Hi' })
    const body = {
      id: chat.id,
      trigger: 'regenerate-message',
      messageId: chat.last.id,
      message: chat.messages[0],
    }
    const streams = await Promise.all(
      Array.from({ length: 5 }, async () => (await uiCall('POST', '', body)).text()),
    )
    for (const stream of streams) expect(stream).toContain('Again.')
    expect(world.replay.requests).toHaveLength(2)
    expect((await historyOf(chat.id)).at(-1)?.metadata?.versions).toMatchObject({ index: 1, count: 2 })
  })
})

describe('questions', () => {
  test('of one step are answered together; what waits behind them is shown when it is their turn', async () => {
    for (const title of ['A', 'B']) await ann.call('POST', '/tasks', { title })
    const step = [
      toolCall('add_task', { title: 'Before' }),
      toolCall('delete_task', { task_id: 1 }),
      toolCall('delete_task', { task_id: 2 }),
      toolCall('add_task', { title: 'Behind' }),
    ]
    world.replay.enqueue([stream(...step), textStream('All done.')])
    const chat = open()
    await chat.sendMessage({ text: 'Do it all' })
    const asked =
      'add_task output-available | delete_task approval-requested | delete_task approval-requested'
    expect(chat.shown.at(-1)).toContain(asked)
    expect(chat.shown.at(-1)?.match(/add_task/g)).toHaveLength(1)
    await expectStored(chat)
    await chat.answer(true)
    expect(chat.posts).toHaveLength(2)
    expect(
      chat.shown
        .at(-1)
        ?.match(/\w+_task \S+/g)
        ?.toSorted(),
    ).toEqual([
      'add_task output-available',
      'add_task output-available',
      'delete_task output-available',
      'delete_task output-available',
    ])
    expect(chat.last.parts.filter(part => part.type === 'step-start')).toHaveLength(2)
    expect(chat.shown.at(-1)).toMatch(/\| All done\.$/)
  })

  test('answered by the next message leave nothing behind that the client would post again', async () => {
    await ann.call('POST', '/tasks', { title: 'A' })
    world.replay.enqueue([toolCallStream('delete_task', { task_id: 1 }), textStream('Gone.')])
    const chat = open()
    await chat.sendMessage({ text: 'Delete A' })
    const [asking] = chat.posts
    await chat.sendMessage({ text: 'yes' })
    expect(chat.shown.at(-1)).toBe('assistant completed: delete_task output-available | Gone.')
    expect((await historyOf(chat.id))[1]?.parts.find(part => part.type === 'tool-delete_task')).toMatchObject(
      {
        state: 'output-available',
        output: null,
        toolMetadata: { status: 'approved' },
      },
    )
    const replayed = await (await uiCall('POST', '', JSON.parse(asking?.slice(5) ?? ''))).text()
    expect(replayed).toContain('"toolMetadata":{"status":"approved"')
  })

  test('of another conversation, another user or nobody are not answered', async () => {
    await ann.call('POST', '/tasks', { title: 'A' })
    world.replay.enqueue([textStream('Hi.'), toolCallStream('delete_task', { task_id: 1 })])
    const other = open()
    await other.sendMessage({ text: 'Hello' })
    const chat = open()
    await chat.sendMessage({ text: 'Delete A' })
    const call = chat.last.parts.find(part => part.type === 'tool-delete_task')
    const id = call && 'toolCallId' in call ? call.toolCallId : ''
    const answers = (id: string) => ({
      message: {
        id: chat.last.id,
        role: 'assistant',
        parts: [{ type: 'tool-delete_task', state: 'approval-responded', approval: { id, approved: true } }],
      },
    })
    const bob = await clientOf(world.server)
    expect((await uiCall('POST', `/${other.id}`, answers(id))).status).toBe(404)
    expect((await uiCall('POST', `/${chat.id}`, answers('nonsense'))).status).toBe(404)
    expect((await uiCall('POST', `/${chat.last.metadata?.conversationId}`, answers(id), bob)).status).toBe(
      404,
    )
    expect((await ann.call('GET', '/tasks')).body).toHaveLength(1)
  })
})

describe('a conversation', () => {
  test('goes by the name that its client gave it and by ours, each for its own user', async () => {
    world.replay.otherwise(textStream('Hi.'))
    const chat = open()
    await chat.sendMessage({ text: 'Hello' })
    const ours = chat.last.metadata?.conversationId ?? ''
    const byOurs = open({ id: ours, messages: await historyOf(ours) })
    await byOurs.sendMessage({ text: 'Hello again' })
    expect((await historyOf(chat.id)).map(shownOf)).toEqual(byOurs.shown)
    const bob = await clientOf(world.server)
    expect((await uiCall('GET', `/${chat.id}/messages`, undefined, bob)).status).toBe(404)
    expect((await uiCall('GET', `/${ours}/messages`, undefined, bob)).status).toBe(404)
    const bobs = open({ id: chat.id }, bob)
    await bobs.sendMessage({ text: 'Mine' })
    expect(bobs.shown).toEqual(['user: Mine', 'assistant completed: Hi.'])
    expect((await historyOf(chat.id)).map(shownOf)).toEqual(byOurs.shown)
  })

  test('that was deleted stays so under both names', async () => {
    world.replay.otherwise(textStream('Hi.'))
    const chat = open()
    await chat.sendMessage({ text: 'Hello' })
    const ours = chat.last.metadata?.conversationId ?? ''
    expect((await ann.call('DELETE', `/conversations/${ours}`)).status).toBe(204)
    const message = { id: 'm2', role: 'user', parts: [{ type: 'text', text: 'Still there?' }] }
    for (const name of [chat.id, ours]) {
      for (const [method, path] of [
        ['GET', 'messages'],
        ['GET', 'stream'],
        ['POST', 'stop'],
      ] as const) {
        expect((await uiCall(method, `/${name}/${path}`)).status).toBe(404)
      }
      expect((await uiCall('POST', '', { id: name, message })).status).toBe(404)
    }
  })

  test('is read in pages from its end', async () => {
    world.replay.otherwise(textStream('Hi.'))
    const chat = open()
    for (const text of ['1', '2', '3']) await chat.sendMessage({ text })
    const first = await uiCall('GET', `/${chat.id}/messages?limit=3`)
    const newest: ChatMessage[] = await first.json()
    expect(newest.map(message => message.metadata?.seq)).toEqual([4, 5, 6])
    const prev = /^<([^>]+)>; rel="prev"$/.exec(first.headers.get('link') ?? '')?.[1]
    expect(prev).toBe(`/ai-sdk/${chat.id}/messages?limit=3&before=4`)
    expect((await historyOf(chat.id, '?limit=3&before=4')).map(message => message.metadata?.seq)).toEqual([
      1, 2, 3,
    ])
  })
})

describe('a body', () => {
  test.each([
    ['nothing', {}],
    ['no message', { id: 'a', messages: [] }],
    ['a system message', { message: { id: 'a', role: 'system', parts: [] } }],
    ['no part', { message: { id: 'a', role: 'user', parts: [] } }],
    ['blank text', { message: { id: 'a', role: 'user', parts: [{ type: 'text', text: ' ' }] } }],
    [
      'a file',
      {
        message: { id: 'a', role: 'user', parts: [{ type: 'file', url: 'data:,', mediaType: 'text/plain' }] },
      },
    ],
    ['an answer to nothing', { id: 'a', message: { id: 'a', role: 'assistant', parts: [] } }],
  ])('of %s is refused before anything happens', async (_, body) => {
    const answer = await uiCall('POST', '', body)
    expect([answer.status, (await answer.json()).code]).toEqual([400, 'invalid'])
    expect(world.replay.requests).toHaveLength(0)
  })

  test('that edits or repeats what is not there is told so', async () => {
    world.replay.otherwise(textStream('Hi.'))
    const chat = open()
    const body = { trigger: 'regenerate-message', messageId: 'nonsense' }
    expect((await uiCall('POST', `/${chat.id}`, body)).status).toBe(404)
    await chat.sendMessage({ text: 'Hello' })
    const answer = await uiCall('POST', `/${chat.id}`, body)
    expect([answer.status, (await answer.json()).code]).toEqual([404, 'turn_not_found'])
  })
})
