import { describe, expect, test } from 'vitest'
import { ChatKitClient } from './support/chatkit-client.ts'
import { shownOf } from './support/chatkit-view.ts'
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
import { promptOf, readingOf } from './support/replayed-server.ts'
import { type Client, clientOf } from './support/server.ts'
import { ann, shareReplayedServer, world } from './support/shared-replayed-server.ts'

/** A strict client of ChatKit's protocol against the real server. */

shareReplayedServer({ environment: { CORS_ORIGINS: 'https://host.example' } })

const open = (threadId?: string, client = ann) => new ChatKitClient(world.server, client, threadId)
const conversationOf = (chat: ChatKitClient) => chat.threadId.slice('thr_'.length)
/** A run of updates counts once: how many deltas they are told in is a matter of speed. */
const typesOf = (chat: ChatKitClient, from = 0) =>
  chat.view.events
    .slice(from)
    .map(event => event.type)
    .filter((type, at, all) => type !== 'thread.item.updated' || type !== all[at - 1])
const message = (words: string) => ({
  content: [{ type: 'input_text', text: words }],
  attachments: [],
  inference_options: {},
})

describe('an answer', () => {
  test('streams thoughts and text as items of their own, in the order of the protocol', async () => {
    world.replay.enqueue([stream(reasoning('Hm', ', well'), text('Hel', 'lo!')), textStream('Again.')])
    const chat = open()
    await chat.say('Hi')
    expect(typesOf(chat)).toEqual([
      'thread.created',
      'thread.item.done',
      'stream_options',
      'thread.item.added',
      'thread.item.updated',
      'thread.item.done',
      'thread.item.added',
      'thread.item.updated',
      'thread.item.done',
    ])
    expect(chat.view.title).toBe('Hi')
    const from = chat.view.events.length
    await chat.say('And now?')
    expect(typesOf(chat, from).slice(0, 3)).toEqual([
      'thread.item.done',
      'stream_options',
      'thread.item.added',
    ])
    expect(chat.shown).toEqual([
      'user: Hi',
      'thought: Hm, well',
      'assistant: Hello!',
      'user: And now?',
      'assistant: Again.',
    ])
    await chat.expectStored()
    expect(world.replay.requests.map(request => promptOf(request)).at(-1)).toEqual([
      'user: Hi',
      'assistant: Hello!',
      'user: And now?',
    ])
    expect(await readingOf(ann, conversationOf(chat))).toHaveLength(4)
  })

  test('shows its tool calls as a workflow', async () => {
    world.replay.enqueue([
      stream(
        text('One moment.'),
        toolCall('add_task', { title: 'Milk' }),
        toolCall('add_task', { title: '' }),
      ),
      textStream('Added.'),
    ])
    const chat = open()
    await chat.say('Add milk')
    expect(chat.shown).toEqual([
      'user: Add milk',
      'assistant: One moment.',
      'calls: add task complete | calls: add task none',
      'assistant: Added.',
    ])
    const workflow = chat.view.items.find(item => item.type === 'workflow')
    expect(JSON.stringify(workflow)).toContain('\\"title\\": \\"Milk\\"')
    await chat.expectStored()
  })

  test('that fails says why, keeps its parts, and is another version when it is tried again', async () => {
    world.replay.enqueue([toolCallStream('add_task', { title: 'Milk' }), failure(500), textStream('Added.')])
    const chat = open()
    await chat.say('Add milk')
    expect(chat.view.events.at(-1)).toMatchObject({ type: 'error', code: 'stream.error', allow_retry: true })
    expect(chat.shown).toEqual(['user: Add milk', 'calls: add task complete'])
    await chat.expectStored()
    await chat.retry()
    expect(chat.shown).toEqual(['user: Add milk', 'assistant: Added.'])
    await chat.expectStored()
    const { body: turns } = await ann.call('GET', `/conversations/${conversationOf(chat)}/turns`)
    expect(turns.map((turn: { status: string; live: boolean }) => [turn.status, turn.live])).toEqual([
      ['failed', false],
      ['completed', true],
    ])
    await chat.retry()
    expect(chat.view.events.at(-1)?.type).toBe('error')
  })

  test('that is stopped by the page keeps its text', async () => {
    const answer = held(textStream('So ', 'far'), { after: 1 })
    world.replay.enqueue([answer])
    const chat = open()
    const running = await chat.begin('Hi')
    await chat.until('assistant: So ')
    await chat.stop()
    await running.ended
    expect(chat.view.events.at(-1)).toEqual({ type: 'notice', level: 'info', message: 'Stopped' })
    expect(chat.shown).toEqual(['user: Hi', 'assistant: So '])
    await chat.expectStored()
    await chat.stop()
    answer.release()
  })

  test('goes on while nobody looks; a reload shows it as far as it is, then whole', async () => {
    const answer = held(textStream('One ', 'two'), { after: 1 })
    world.replay.enqueue([toolCallStream('add_task', { title: 'Tea' }), answer])
    const chat = open()
    const running = await chat.begin('Hi')
    await chat.until('assistant: One ')
    expect(chat.view.events.find(event => event.type === 'stream_options')).toMatchObject({
      stream_options: { allow_cancel: false },
    })
    await running.close()
    expect(chat.shown.at(-1)).toBe('calls: add task complete')
    const soFar = ['user: Hi', 'calls: add task complete', 'assistant: One ']
    await expect.poll(async () => (await chat.history()).map(shownOf)).toEqual(soFar)
    expect((await chat.thread()).items.data.map(shownOf)).toEqual(soFar)
    answer.release()
    await expect
      .poll(async () => (await chat.history()).map(shownOf).at(-1), { timeout: 30_000 })
      .toBe('assistant: One two')
  })

  test('waits for the one before, says so, and is in the history meanwhile', async () => {
    const answer = held(textStream('First.'), { after: -1 })
    world.replay.enqueue([answer, textStream('Second.')])
    const chat = open()
    const first = await chat.begin('One')
    await answer.reached
    await chat.until('user: One')
    const tab = open(chat.threadId)
    const second = await tab.begin('Two')
    await expect.poll(() => typesOf(tab)).toContain('progress_update')
    await expect.poll(async () => (await tab.history()).map(shownOf)).toEqual(['user: One', 'user: Two'])
    answer.release()
    await Promise.all([first.ended, second.ended])
    expect((await chat.history()).map(shownOf)).toEqual([...chat.shown, ...tab.shown])
    expect(tab.shown).toEqual(['user: Two', 'assistant: Second.'])
  })

  test('is one, however often it is asked for under its key', async () => {
    world.replay.otherwise(textStream('Once.'))
    const chats = Array.from({ length: 6 }, () => open())
    const key = { 'idempotency-key': 'the-key' }
    await Promise.all(chats.map(chat => chat.say('Hi', key)))
    expect(new Set(chats.map(chat => chat.threadId)).size).toBe(1)
    for (const chat of chats) expect(chat.shown).toEqual(['user: Hi', 'assistant: Once.'])
    expect(world.replay.requests).toHaveLength(1)
    expect(
      (await open().post({ type: 'threads.create', params: { input: message('Ho') } }, key)).status,
    ).toBe(422)
  })
})

describe('a question', () => {
  test.each([
    ['confirm', 0],
    ['cancel', 1],
  ] as const)('is a widget that is answered by its button: %s', async (button, left) => {
    await ann.call('POST', '/tasks', { title: 'A' })
    world.replay.enqueue([
      stream(text('Sure?'), toolCall('delete_task', { task_id: 1 })),
      textStream('Done with it.'),
    ])
    const chat = open()
    await chat.say('Delete A')
    const asking = [
      'user: Delete A',
      'assistant: Sure?',
      'calls: delete task none',
      'asks: Allow: delete task?',
    ]
    expect(chat.shown).toEqual(asking)
    await chat.expectStored()
    const [asked] = chat.questions()
    await chat.press(button)
    expect(chat.shown).toEqual([
      'user: Delete A',
      'assistant: Sure?',
      `calls: delete task ${left ? 'none' : 'complete'}`,
      'assistant: Done with it.',
    ])
    await chat.expectStored()
    expect((await ann.call('GET', '/tasks')).body).toHaveLength(left)
    const tab = open(chat.threadId)
    tab.view.items = chat.view.items.flatMap(item =>
      item.type === 'workflow' && asked ? [item, asked] : item.id.endsWith('_2') ? [] : [item],
    )
    await tab.press(
      button === 'confirm' ? 'cancel' : 'confirm',
      [asked].filter(item => item !== undefined),
    )
    expect(world.replay.requests).toHaveLength(2)
    expect((await ann.call('GET', '/tasks')).body).toHaveLength(left)
  })

  test('goes when the next message answers it', async () => {
    await ann.call('POST', '/tasks', { title: 'A' })
    world.replay.enqueue([toolCallStream('delete_task', { task_id: 1 }), textStream('Gone.')])
    const chat = open()
    await chat.say('Delete A')
    await chat.say('yes')
    expect(chat.shown).toEqual([
      'user: Delete A',
      expect.stringMatching(/^assistant: Delete task 1, “A”\?/),
      'calls: delete task none',
      'user: yes',
      'calls: delete task complete',
      'assistant: Gone.',
    ])
    await chat.expectStored()
  })

  test('of several is answered one by one, and what waits behind them then goes on', async () => {
    for (const title of ['A', 'B']) await ann.call('POST', '/tasks', { title })
    const calls = [
      toolCall('delete_task', { task_id: 1 }),
      toolCall('delete_task', { task_id: 2 }),
      toolCall('add_task', { title: 'Behind' }),
    ]
    world.replay.enqueue([stream(...calls), textStream('All done.')])
    const chat = open()
    await chat.say('Do it all')
    expect(chat.questions()).toHaveLength(2)
    await chat.press('cancel')
    expect(chat.questions()).toHaveLength(1)
    await chat.expectStored()
    await chat.press('confirm')
    expect(chat.shown).toEqual([
      'user: Do it all',
      expect.stringMatching(/^assistant: Delete task 1, “A”\?/),
      'calls: delete task none | calls: delete task complete | calls: add task complete',
      'assistant: All done.',
    ])
    await chat.expectStored()
  })

  test('can be answered without a stream, and loses its buttons', async () => {
    await ann.call('POST', '/tasks', { title: 'A' })
    world.replay.enqueue([toolCallStream('delete_task', { task_id: 1 }), textStream('Gone.')])
    const chat = open()
    await chat.say('Delete A')
    const [asked] = chat.questions()
    const { type, payload } = asked?.widget.confirm?.action ?? {}
    const answer = await chat.sync({ type, payload }, asked?.id)
    const { confirm: _confirm, cancel: _cancel, ...card } = asked?.widget ?? {}
    expect(answer).toEqual({ updated_item: { ...asked, widget: card } })
    await expect.poll(async () => (await chat.history()).map(shownOf).at(-1)).toBe('assistant: Gone.')
  })

  test('that is none, or of another thread or user, is an error or not found', async () => {
    await ann.call('POST', '/tasks', { title: 'A' })
    world.replay.enqueue([textStream('Hi.'), toolCallStream('delete_task', { task_id: 1 })])
    const other = open()
    await other.say('Hello')
    const chat = open()
    await chat.say('Delete A')
    const action = chat.questions()[0]?.widget.confirm?.action
    await (await other.open('threads.custom_action', { thread_id: other.threadId, action })).ended
    expect(other.view.events.at(-1)).toMatchObject({ type: 'error', allow_retry: false })
    const request = (client: Client) =>
      open(undefined, client).post({
        type: 'threads.custom_action',
        params: { thread_id: chat.threadId, action },
      })
    expect((await request(await clientOf(world.server))).status).toBe(404)
    const nonsense = { thread_id: chat.threadId, action: { type: 'nonsense' } }
    expect((await open().post({ type: 'threads.custom_action', params: nonsense })).status).toBe(400)
    expect((await ann.call('GET', '/tasks')).body).toHaveLength(1)
  })
})

describe('a message', () => {
  test('is answered anew in its place, also from the middle; what followed is kept as the other version', async () => {
    world.replay.enqueue(['A1', 'A2', 'A1b', 'A3'].map(words => textStream(words)))
    const chat = open()
    for (const words of ['U1', 'U2']) await chat.say(words)
    await chat.retry(chat.view.items[0])
    expect(chat.shown).toEqual(['user: U1', 'assistant: A1b'])
    await chat.expectStored()
    await chat.say('U3')
    await chat.expectStored()
    expect(await readingOf(ann, conversationOf(chat))).toHaveLength(4)
    expect((await ann.call('GET', `/conversations/${conversationOf(chat)}/turns`)).body).toHaveLength(4)
  })

  test('that is not there, or not the user’s, cannot be answered anew', async () => {
    world.replay.enqueue([textStream('Hi.')])
    const chat = open()
    await chat.say('Hello')
    const ids = ['nonsense', `msg_${crypto.randomUUID()}`, chat.view.items[1]?.id]
    for (const item_id of ids) {
      const params = { thread_id: chat.threadId, item_id }
      await (await chat.open('threads.retry_after_item', params)).ended
      expect(chat.view.events.at(-1)).toMatchObject({ type: 'error', code: 'custom', allow_retry: false })
    }
    await chat.expectStored()
  })

  test('may quote and hold tags; attachments, client tools and forms are not built, and say so', async () => {
    world.replay.enqueue([textStream('Hi.')])
    const chat = open()
    const content = [
      { type: 'input_text', text: 'What of ' },
      { type: 'input_tag', id: 'e1', text: '@Milk', data: {}, interactive: false },
    ]
    const input = { ...message(''), content, quoted_text: 'One\ntwo' }
    await (await chat.open('threads.create', { input })).ended
    expect(chat.shown[0]).toBe('user: > One\n> two\n\nWhat of @Milk')
    const thread_id = chat.threadId
    const refused: [string, object][] = [
      ['threads.add_user_message', { thread_id, input: { ...message('Hi'), attachments: ['atc_1'] } }],
      ['threads.add_client_tool_output', { thread_id, result: {} }],
      ['threads.add_structured_input', { thread_id, item_id: 'msg_1', input: { answers: {} } }],
    ]
    for (const [type, params] of refused) {
      await (await chat.open(type, params)).ended
      expect(chat.view.events.at(-1)).toMatchObject({ type: 'error', allow_retry: false })
    }
    for (const type of ['attachments.create', 'attachments.delete', 'input.transcribe'])
      expect((await chat.post({ type, params: {} })).status).toBe(400)
    await chat.expectStored()
  })
})

describe('threads', () => {
  test('are listed, renamed and deleted, in pages either way', async () => {
    world.replay.otherwise(textStream('Hi.'))
    const chats = [open(), open(), open()]
    for (const [n, chat] of chats.entries()) await chat.say(`Thread ${n}`)
    const [oldest] = chats
    const list = async (params: object) => {
      const page = await open().threads(params)
      return [page.data.map(thread => thread.title), page.has_more]
    }
    expect(await list({ limit: 2 })).toEqual([['Thread 2', 'Thread 1'], true])
    const { threadId: after } = chats[1] ?? open()
    expect(await list({ limit: 2, after })).toEqual([['Thread 0'], false])
    expect(await list({ limit: 2, order: 'asc', after })).toEqual([['Thread 2'], false])
    expect(await list({ limit: null })).toEqual([['Thread 2', 'Thread 1', 'Thread 0'], false])
    expect((await oldest?.rename('Renamed'))?.title).toBe('Renamed')
    await oldest?.say('And more')
    expect((await oldest?.thread())?.title).toBe('Renamed')
    await oldest?.remove()
    expect(await list({})).toEqual([['Thread 2', 'Thread 1'], false])
    const gone = { thread_id: oldest?.threadId }
    for (const [type, more] of [
      ['threads.get_by_id', {}],
      ['items.list', {}],
      ['threads.update', { title: 'x' }],
      ['threads.delete', {}],
      ['threads.add_user_message', { input: message('Hi') }],
      ['threads.retry_after_item', { item_id: oldest?.view.items[0]?.id }],
    ] as const)
      expect([type, (await open().post({ type, params: { ...gone, ...more } })).status]).toEqual([type, 404])
  })

  test('have their items in pages either way, the newest first on opening', async () => {
    const answers = Array.from({ length: 12 }, (_, n) => [
      stream(text(`Step ${n}.`), toolCall('list_tasks', {})),
      textStream(`Answer ${n}.`),
    ])
    world.replay.enqueue(answers.flat())
    const chat = open()
    for (let n = 0; n < answers.length; n += 1) await chat.say(`Message ${n}`)
    for (const order of ['asc', 'desc'] as const) {
      for (const limit of [1, 3, 20]) {
        expect((await chat.history({ order, limit })).map(item => item.id)).toEqual(
          chat.view.items.map(item => item.id),
        )
      }
    }
    const { items } = await chat.thread()
    expect(items.data.map(shownOf)).toEqual(chat.shown.slice(-20))
    if (!items.has_more) throw new Error('There are more')
    const older = await chat.items({ after: items.after, order: 'desc', limit: 200 })
    expect(older.data.map(shownOf)).toEqual(chat.shown.slice(0, -20).toReversed())
    expect(
      (await chat.post({ type: 'items.list', params: { thread_id: chat.threadId, after: 'x' } })).status,
    ).toBe(400)
  })

  test('keep what is thought of an answer', async () => {
    world.replay.enqueue([
      toolCallStream('add_task', { title: 'Milk' }),
      textStream('Added.'),
      textStream('Hi.'),
    ])
    const chat = open()
    await chat.say('Add milk')
    const ids = chat.view.items.slice(1).map(item => item.id)
    await chat.feedback('positive', ids)
    await chat.feedback('negative', ids)
    const { body } = await ann.call('GET', `/conversations/${conversationOf(chat)}/messages`)
    expect(body.map((message: { feedback: object }) => message.feedback)).toMatchObject([
      null,
      { value: 'negative' },
    ])
    const other = open()
    await other.say('Hello')
    for (const item_ids of [['nonsense'], [chat.view.items[1]?.id]]) {
      const params = { thread_id: other.threadId, item_ids, kind: 'positive' }
      expect((await other.post({ type: 'items.feedback', params })).status).toBe(404)
    }
  })
})

describe('a request', () => {
  test.each([
    ['nothing', {}],
    ['no params', { type: 'threads.list' }],
    ['a type of tomorrow', { type: 'threads.archive', params: {} }],
    ['no content', { type: 'threads.create', params: { input: { ...message(''), content: [] } } }],
    ['blank text', { type: 'threads.create', params: { input: message(' ') } }],
    ['a limit without measure', { type: 'threads.list', params: { limit: 10_000 } }],
  ])('of %s is refused before anything happens', async (_, body) => {
    const answer = await open().post(body)
    expect([answer.status, (await answer.json()).code]).toEqual([400, 'invalid'])
    expect(world.replay.requests).toHaveLength(0)
  })

  test('from a page of a configured origin is answered to it, and to no other', async () => {
    world.replay.otherwise(textStream('Hi.'))
    const preflight = (origin: string) =>
      fetch(`${world.server.url}/chatkit`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type,chatkit-device-id',
        },
      })
    const allowed = await preflight('https://host.example')
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([
      204,
      'https://host.example',
    ])
    expect(allowed.headers.get('access-control-allow-headers')).toContain('chatkit-device-id')
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
    for (const body of [
      { type: 'threads.create', params: { input: message('Hi') } },
      { type: 'threads.list', params: {} },
      { type: 'threads.get_by_id', params: { thread_id: 'x' } },
    ]) {
      const answer = await open().post(body, { origin: 'https://host.example' })
      expect(answer.headers.get('access-control-allow-origin')).toBe('https://host.example')
      await answer.text()
    }
  })
})
