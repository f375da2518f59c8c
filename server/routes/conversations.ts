import { randomUUIDv7 } from 'node:crypto'
import { type Database, withUser } from '../db/database.ts'
import { AppError } from '../errors.ts'
import {
  type ActivityCursor,
  type Conversation,
  deleteConversation,
  findConversation,
  insertConversation,
  pageConversations,
  updateConversation,
} from '../store/conversations.ts'
import { listToolCalls, type Message, pageMessages, type ToolCallRow } from '../store/messages.ts'
import type { Engine } from '../turns/engine.ts'
import { TurnCancelled } from '../turns/turn-ending.ts'
import { createApi } from './api.ts'
import { create, list, messages, read, remove, update } from './conversation-contract.ts'
import { viewToolCall } from './turn-view.ts'

export function conversationRoutes({ db, engine }: { db: Database; engine: Engine }) {
  const api = createApi()

  api.openapi(list, async c => {
    const { q, archived, limit, after } = c.req.valid('query')
    const page = {
      search: q?.trim() || undefined,
      archived: archived === 'true',
      after: after ? cursorOf(after) : undefined,
    }
    const found = await withUser(db, c.var.user.id, tx =>
      pageConversations(tx, c.var.user.id, { ...page, limit: limit + 1 }),
    )
    const shown = found.slice(0, limit)
    const last = shown.at(-1)
    if (found.length > limit && last) c.header('Link', linkTo(c.req.url, 'next', { after: placeOf(last) }))
    return c.json(shown.map(viewConversation), 200)
  })

  api.openapi(create, async c => {
    const { id: userId } = c.var.user
    const { title } = c.req.valid('json')
    const made = await withUser(db, userId, tx => insertConversation(tx, userId, randomUUIDv7(), title))
    return c.json(viewConversation(made), 201)
  })

  api.openapi(read, async c => {
    const { id: userId } = c.var.user
    const { id } = c.req.valid('param')
    return c.json(
      viewConversation(required(await withUser(db, userId, tx => findConversation(tx, userId, id)))),
      200,
    )
  })

  api.openapi(update, async c => {
    const { id: userId } = c.var.user
    const { title, archived } = c.req.valid('json')
    const change = {
      id: c.req.valid('param').id,
      ...(title === undefined ? {} : { title }),
      ...(archived === undefined ? {} : { archived }),
    }
    return c.json(
      viewConversation(required(await withUser(db, userId, tx => updateConversation(tx, userId, change)))),
      200,
    )
  })

  api.openapi(remove, async c => {
    const { id: userId } = c.var.user
    const { id } = c.req.valid('param')
    if (!(await withUser(db, userId, tx => deleteConversation(tx, userId, id))))
      throw new AppError('conversation_not_found')
    for (const turn of engine.live.values()) {
      if (turn.userId === userId && turn.conversationId === id) turn.abort.abort(new TurnCancelled())
    }
    return c.body(null, 204)
  })

  api.openapi(messages, async c => {
    const { id: userId } = c.var.user
    const { limit, before, after } = c.req.valid('query')
    const page = { conversationId: c.req.valid('param').id, before, after, limit }
    const found = await withUser(db, userId, async tx => {
      const { lastTurn } = required(await findConversation(tx, userId, page.conversationId))
      const rows = await pageMessages(tx, userId, page)
      const turnIds = rows.filter(row => row.parts).map(row => row.turnId)
      return { lastTurn, rows, calls: await listToolCalls(tx, userId, turnIds) }
    })
    const first = found.rows[0]?.seq ?? 1
    const last = found.rows.at(-1)?.seq ?? 2 * found.lastTurn
    const links = [
      ...(first > 1 ? [linkTo(c.req.url, 'prev', { before: first })] : []),
      ...(last < 2 * found.lastTurn ? [linkTo(c.req.url, 'next', { after: last })] : []),
    ]
    if (links.length > 0) c.header('Link', links.join(', '))
    return c.json(
      found.rows.map(row => viewMessage(row, found.calls)),
      200,
    )
  })

  return api
}

function required(conversation: Conversation | undefined): Conversation {
  if (!conversation) throw new AppError('conversation_not_found')
  return conversation
}

const viewConversation = (conversation: Conversation) => ({
  id: conversation.id,
  title: conversation.title,
  active_turn_id: conversation.activeTurn,
  head_turn_id: conversation.headTurn,
  archived: conversation.archivedAt !== null,
  created_at: conversation.createdAt.toISOString(),
  updated_at: conversation.updatedAt.toISOString(),
})

const viewMessage = (message: Message, calls: ToolCallRow[]) => ({
  id: message.id,
  turn_id: message.turnId,
  seq: message.seq,
  role: message.role,
  status: message.status,
  content: message.content,
  tool_calls:
    message.role === 'user' ? [] : calls.filter(call => call.turnId === message.turnId).map(viewToolCall),
  created_at: message.createdAt.toISOString(),
})

const placeOf = ({ activity, id }: ActivityCursor) => `${activity}_${id}`

function cursorOf(after: string): ActivityCursor {
  const [, activity, id] = /^(\d{1,16})_([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/.exec(after) ?? []
  if (!activity || !id) throw new AppError('invalid', 'after: must come from a Link header')
  return { activity, id }
}

/** Relative to the server's root, so that it holds behind any proxy (RFC 8288, section 3.1). */
function linkTo(url: string, rel: string, place: Record<string, string | number>): string {
  const target = new URL(url)
  for (const name of ['before', 'after']) target.searchParams.delete(name)
  for (const [name, value] of Object.entries(place)) target.searchParams.set(name, String(value))
  return `<${target.pathname}${target.search}>; rel="${rel}"`
}
