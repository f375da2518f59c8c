import { chatKitFrame, streamOptions } from '../wire/chatkit-events.ts'
import { approve, textItem, threadIdOf, userItemId, userItemsOf } from '../wire/chatkit-items.ts'

/** Examples of ChatKit's requests and responses for the API document. */

const turnId = '019a2b3c-4d5e-7f60-8192-a3b4c5d6e7f8'
const thread_id = threadIdOf('019a2b3c-0000-7000-8000-000000000001')
const createdAt = '2026-11-22T09:00:00.000Z'
const turn = { threadId: thread_id, turnId, createdAt }
const item_id = userItemId(turnId)
const input = {
  content: [{ type: 'input_text', text: 'Add a task to buy groceries' }],
  attachments: [],
  inference_options: {},
}
const page = { limit: 20, order: 'desc' }
const action = { type: approve, payload: { tool_call_id: turnId } }

const examplesOf = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]))

const paramsOfType = {
  'threads.create': { input },
  'threads.add_user_message': { thread_id, input },
  'threads.retry_after_item': { thread_id, item_id },
  'threads.custom_action': { thread_id, item_id, action },
  'threads.sync_custom_action': { thread_id, action: { type: 'turn.cancel' } },
  'threads.get_by_id': { thread_id },
  'threads.list': page,
  'threads.update': { thread_id, title: 'Groceries' },
  'threads.delete': { thread_id },
  'items.list': { thread_id, ...page },
  'items.feedback': { thread_id, item_ids: [item_id], kind: 'positive' },
}

export const chatKitRequests = examplesOf(
  Object.fromEntries(Object.entries(paramsOfType).map(([type, params]) => [type, { type, params }])),
)

const thread = {
  id: thread_id,
  title: 'Groceries',
  created_at: createdAt,
  status: { type: 'active' as const },
  metadata: {},
  items: { data: [], has_more: false },
}
const said = userItemsOf(turn, 'Add a task to buy groceries')
const told = textItem(turn, 0, 'Added **Buy groceries** (#1).')

export const chatKitAnswers = examplesOf({
  'threads.get_by_id': { ...thread, items: { data: [...said, told], has_more: false } },
  'threads.list': { data: [thread], has_more: true, after: thread_id },
  'items.list': { data: [told, ...said], has_more: false },
  'threads.delete': {},
})

export const chatKitStream = [
  chatKitFrame({ type: 'thread.created', thread }),
  ...said.map(item => chatKitFrame({ type: 'thread.item.done', item })),
  chatKitFrame(streamOptions),
  chatKitFrame({ type: 'thread.item.added', item: textItem(turn, 0) }),
  chatKitFrame({ type: 'thread.item.done', item: told }),
].join('')
