import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { textStream, toolCallStream } from './support/replay-answers.ts'
import { ann, shareReplayedServer, world } from './support/shared-replayed-server.ts'

/**
 * Bodies that are nearly what a protocol's client posts: whatever comes, the answer is a refusal or a stream that ends, and
 * the server is well afterwards.
 */

let known: { conversation: string; turn: string; call: string }
shareReplayedServer()
beforeEach(async () => {
  await ann.call('POST', '/tasks', { title: 'A' })
  world.replay.enqueue([toolCallStream('delete_task', { task_id: 1 })])
  world.replay.otherwise(textStream('Hi.'))
  const { body } = await ann.say('Delete A')
  known = { conversation: body.conversation_id, turn: body.turn_id, call: body.tool_calls[0].id }
})

/** Mostly what fits, now and then anything at all. */
const mostly = <T>(fitting: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { arbitrary: fitting as fc.Arbitrary<unknown>, weight: 60 },
    { arbitrary: fc.jsonValue(), weight: 1 },
  )

/** Nearly all members, each nearly always as it should be; JSON leaves the undefined out. */
const recordOf = (shape: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(
    Object.fromEntries(
      Object.entries(shape).map(([name, value]) => [
        name,
        fc.oneof({ arbitrary: mostly(value), weight: 60 }, { arbitrary: fc.constant(undefined), weight: 1 }),
      ]),
    ),
  )

const threadName = fc.oneof(
  fc.constantFrom('a', 'b', 'ü/?#', ' ', '../x'),
  fc.constant(undefined).map(() => known.conversation),
  fc.string({ unit: 'binary', maxLength: 300 }),
)
const id = fc.oneof(
  fc.constantFrom('m1', 'm2', 'm3'),
  fc.constant(undefined).map(() => known.turn),
  fc.constant(undefined).map(() => known.call),
  fc.uuid(),
  fc.string({ unit: 'binary', maxLength: 300 }),
)
const words = fc.oneof(
  { arbitrary: fc.constantFrom('Hello', 'yes', 'no', 'Hello again'), weight: 5 },
  fc.constantFrom('', ' \u200b', 'x\0y', '\ud800'),
  fc.string({ minLength: 1 }),
)
const verdict = fc.oneof(fc.boolean(), fc.jsonValue())

const uiText = recordOf({ type: fc.constant('text'), text: words })
const uiVerdict = recordOf({
  type: fc.constant('tool-delete_task'),
  toolCallId: id,
  state: fc.constantFrom('approval-responded', 'approval-requested', 'output-available'),
  approval: recordOf({ id, approved: verdict, reason: words }),
})
const uiOther = recordOf({ type: fc.constantFrom('reasoning', 'file', 'step-start', 'data-x'), text: words })
const uiMessageOf = (role: string, part: fc.Arbitrary<unknown>) =>
  recordOf({ id, role: fc.constant(role), parts: fc.array(mostly(part), { minLength: 1, maxLength: 2 }) })
const uiMessage = fc.oneof(
  { arbitrary: uiMessageOf('user', uiText), weight: 5 },
  { arbitrary: uiMessageOf('assistant', uiVerdict), weight: 2 },
  { arbitrary: uiMessageOf('system', uiText), weight: 1 },
  { arbitrary: uiMessageOf('user', uiOther), weight: 1 },
)
const uiBody = recordOf({
  id: threadName,
  trigger: fc.constantFrom('submit-message', 'regenerate-message'),
  messageId: fc.option(id),
  message: uiMessage,
  messages: fc.array(mostly(uiMessage), { maxLength: 3 }),
  if_busy: fc.constantFrom('enqueue', 'reject', 'interrupt'),
})

const agUser = recordOf({
  id,
  role: fc.constant('user'),
  content: fc.oneof(
    words,
    fc.array(recordOf({ type: fc.constantFrom('text', 'image', 'binary'), text: words })),
  ),
})
const agOther = recordOf({
  id,
  role: fc.constantFrom('assistant', 'tool', 'reasoning', 'system', 'activity'),
  content: words,
  toolCallId: id,
})
const agBody = recordOf({
  threadId: threadName,
  runId: id,
  protocolVersion: fc.constantFrom('1.0', '1.0', '1.0', '1.1', '0.1', '2'),
  messages: fc
    .tuple(fc.array(fc.oneof(agOther, agUser), { maxLength: 2 }), mostly(agUser))
    .map(([before, last]) => [...before, last]),
  resume: fc.option(
    fc.array(
      recordOf({
        interruptId: id,
        status: fc.constantFrom('resolved', 'cancelled'),
        payload: recordOf({ approved: verdict }),
      }),
      { maxLength: 2 },
    ),
    { freq: 1 },
  ),
  tools: fc.constantFrom([], null, [{ name: 'x' }]),
  state: fc.jsonValue(),
})

const kitThread = fc.oneof(
  fc.constant(undefined).map(() => `thr_${known.conversation}`),
  fc.constant(undefined).map(() => known.conversation),
  fc.uuid().map(id => `thr_${id}`),
  id,
)
const kitItem = fc.oneof(
  fc.constantFrom('', '_0', '_1', '_99').map(place => `msg_${known.turn}${place}`),
  fc.constant(undefined).map(() => `wf_${known.turn}_1`),
  id,
)
const kitInput = recordOf({
  content: fc.array(recordOf({ type: fc.constantFrom('input_text', 'input_tag'), id, text: words }), {
    minLength: 1,
    maxLength: 2,
  }),
  attachments: fc.array(id, { maxLength: 1 }),
  quoted_text: fc.option(words),
  inference_options: fc.constantFrom({}, { model: 'm' }),
})
const kitAction = recordOf({
  type: fc.constantFrom('tool_call.approve', 'tool_call.refuse', 'turn.cancel', 'x'),
  payload: recordOf({ tool_call_id: id }),
})
const kitPage = {
  limit: fc.option(fc.integer({ min: -1, max: 300 })),
  order: fc.constantFrom('asc', 'desc', null),
  after: fc.oneof(fc.constant(null), kitThread, kitItem),
}
const ofKitThread = { thread_id: kitThread }
const kitParams: Record<string, Record<string, fc.Arbitrary<unknown>>> = {
  'threads.create': { input: kitInput },
  'threads.add_user_message': { ...ofKitThread, input: kitInput },
  'threads.add_client_tool_output': { ...ofKitThread, result: fc.jsonValue() },
  'threads.add_structured_input': { ...ofKitThread, item_id: kitItem, input: fc.jsonValue() },
  'threads.retry_after_item': { ...ofKitThread, item_id: kitItem },
  'threads.custom_action': { ...ofKitThread, item_id: fc.option(kitItem), action: kitAction },
  'threads.sync_custom_action': { ...ofKitThread, action: kitAction },
  'threads.get_by_id': ofKitThread,
  'threads.list': kitPage,
  'items.list': { ...ofKitThread, ...kitPage },
  'items.feedback': {
    ...ofKitThread,
    item_ids: fc.array(kitItem, { maxLength: 3 }),
    kind: fc.constantFrom('positive', 'negative'),
  },
  'threads.update': { ...ofKitThread, title: words },
  'attachments.create': { name: words },
  'input.transcribe': { audio_base64: words },
}
const kitBody = fc.oneof(
  ...Object.entries(kitParams).map(([type, params]) =>
    recordOf({ type: fc.constant(type), params: recordOf(params), metadata: fc.jsonValue() }),
  ),
)

const post = (path: string, body: unknown) =>
  fetch(`${world.server.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body) ?? 'null',
    // Only so that a stream that hangs is a failure of this test and names its body.
    signal: AbortSignal.timeout(20_000),
  })

const agEnd = /data: \{"type":"RUN_(FINISHED|ERROR)".*\}\n\n$/

test.each<[string, fc.Arbitrary<unknown>, RegExp]>([
  ['/ai-sdk', uiBody, /data: \[DONE\]\n\n$/],
  ['/ag-ui', agBody, agEnd],
  ['/ag-ui/connect', agBody, agEnd],
  ['/chatkit', kitBody, /data: \{.*\}\n\n$/],
])('%s survives whatever is posted', async (path, body, end) => {
  const statuses = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(mostly(body), async given => {
      const answer = await post(path, given)
      const text = await answer.text()
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      expect(answer.status).toBeLessThan(500)
      if (answer.status !== 200) return
      const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream')
      if (isStream) expect(text).toMatch(end)
    }),
    { numRuns: 150 },
  )
  for (const status of [200, 400]) expect([path, ...statuses.keys()]).toContain(status)
  expect((await ann.say('Are you well?')).status).toBe(200)
})

test.each([
  ['GET', 'messages'],
  ['GET', 'stream'],
  ['POST', 'stop'],
])('%s /ai-sdk/{id}/%s survives whatever is named', async (method, path) => {
  await fc.assert(
    fc.asyncProperty(threadName, async name => {
      const url = `${world.server.url}/ai-sdk/${encodeURIComponent(name.toWellFormed())}/${path}`
      const answer = await fetch(url, { method, headers: { authorization: `Bearer ${ann.token}` } })
      await answer.body?.cancel()
      expect(answer.status).toBeLessThan(500)
    }),
    { numRuns: 60 },
  )
})
