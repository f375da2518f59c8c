import type { Context } from 'hono'
import { type Database, withUser } from '../db/database.ts'
import { AppError } from '../errors.ts'
import {
  type Conversation,
  deleteConversation,
  pageConversations,
  requireActivity,
  requireConversation,
  updateConversation,
} from '../store/conversations.ts'
import { putFeedback } from '../store/feedback.ts'
import type { Engine } from '../turns/engine.ts'
import { abandonConversation } from '../turns/steer-turn.ts'
import { isOver } from '../turns/view.ts'
import { conversationIn, turnIn } from '../wire/chatkit-items.ts'
import type { ApiEnv } from './api.ts'
import type { TurnRoutesContext } from './chat.ts'
import { takeAction } from './chatkit-actions.ts'
import type { AnsweredRequest, ItemPageQuery } from './chatkit-contract.ts'
import { limitOf, listItems, pageOf, readSettled, viewThread } from './chatkit-items.ts'
import { requireListedTurn } from './turn-view.ts'

/** ChatKit's requests that are answered at once, without a stream. */
export async function answerRequest(
  c: Context<ApiEnv>,
  { engine }: TurnRoutesContext,
  request: AnsweredRequest,
): Promise<object> {
  const { db } = engine
  const userId = c.var.user.id
  switch (request.type) {
    case 'threads.list':
      return listThreads(db, userId, request.params)
    case 'threads.get_by_id':
      return readThread(engine, userId, request.params.thread_id)
    case 'items.list': {
      const conversation = await requireThread(db, userId, request.params.thread_id)
      return listItems(engine, userId, { conversation, ...request.params })
    }
    case 'threads.update': {
      const change = { id: requireId(request.params.thread_id), title: request.params.title }
      return viewThread(await withUser(db, userId, tx => updateConversation(tx, userId, change)))
    }
    case 'threads.delete': {
      const id = requireId(request.params.thread_id)
      await withUser(db, userId, tx => deleteConversation(tx, userId, id))
      abandonConversation(engine, userId, id)
      return {}
    }
    case 'items.feedback':
      return giveFeedback(db, userId, request.params)
    case 'threads.sync_custom_action': {
      const conversation = await requireThread(db, userId, request.params.thread_id)
      const taken = await takeAction(engine, conversation, request.params.action)
      const item = taken && (await readSettled(db, taken))
      return item ? { updated_item: item } : {}
    }
    default:
      throw new AppError('invalid', notBuilt[request.type])
  }
}

const notBuilt = {
  'attachments.create': 'Attachments are not supported here',
  'attachments.delete': 'Attachments are not supported here',
  'input.transcribe': 'Dictation is not supported here',
}

/** Ids are opaque to clients: an id that is not ours names no thread. */
function requireId(threadId: string): string {
  const id = conversationIn(threadId)
  if (id === undefined) throw new AppError('conversation_not_found')
  return id
}

export async function requireThread(db: Database, userId: string, threadId: string): Promise<Conversation> {
  const id = requireId(threadId)
  return withUser(db, userId, tx => requireConversation(tx, userId, id))
}

async function listThreads(db: Database, userId: string, { order, after, ...query }: ItemPageQuery) {
  const limit = limitOf(query)
  const found = await withUser(db, userId, async tx =>
    pageConversations(tx, userId, {
      search: undefined,
      archived: 'false',
      after: after ? await requireActivity(tx, userId, requireId(after)) : undefined,
      limit: limit + 1,
      oldestFirst: order === 'asc',
    }),
  )
  return pageOf(
    found.map(conversation => viewThread(conversation)),
    limit,
  )
}

/** The thread with its newest items, oldest first; `after` names the oldest, where `items.list` continues downwards. */
async function readThread(engine: Engine, userId: string, threadId: string) {
  const conversation = await requireThread(engine.db, userId, threadId)
  const newest = await listItems(engine, userId, { conversation })
  return viewThread(conversation, { ...newest, data: newest.data.toReversed() })
}

type Feedback = Extract<AnsweredRequest, { type: 'items.feedback' }>['params']

/** Feedback on an item counts for the whole answer. */
async function giveFeedback(db: Database, userId: string, { thread_id, item_ids, kind }: Feedback) {
  const conversation = await requireThread(db, userId, thread_id)
  const turnIds = new Set(item_ids.map(itemId => turnIn(itemId)?.turnId))
  await withUser(db, userId, async tx => {
    for (const turnId of turnIds) {
      if (turnId === undefined) throw new AppError('turn_not_found', 'The thread has no such item')
      const { turn } = await requireListedTurn(tx, userId, turnId)
      if (turn.conversationId !== conversation.id)
        throw new AppError('turn_not_found', 'The thread has no such item')
      if (!isOver(turn.status)) throw new AppError('conflict', 'The turn has no answer yet')
      await putFeedback(tx, userId, { turnId, value: kind, comment: null })
    }
  })
  return {}
}
