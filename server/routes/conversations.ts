import { randomUUIDv7 } from 'node:crypto'
import { type Database, withUser } from '../db/database.ts'
import { AppError } from '../errors.ts'
import {
  type ActivityCursor,
  type Conversation,
  deleteConversation,
  insertConversation,
  pageConversations,
  requireConversation,
  updateConversation,
} from '../store/conversations.ts'
import type { Engine } from '../turns/engine.ts'
import { abandonConversation } from '../turns/steer-turn.ts'
import { createApi } from './api.ts'
import { create, list, read, remove, update } from './conversation-contract.ts'
import { linkTo } from './link.ts'

export function conversationRoutes({ db, engine }: { db: Database; engine: Engine }) {
  const api = createApi()

  api.openapi(list, async c => {
    const { q, archived, limit, after } = c.req.valid('query')
    const page = {
      search: q?.trim() || undefined,
      archived,
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
    const conversation = { id: randomUUIDv7(), ...c.req.valid('json') }
    const made = await withUser(db, userId, tx => insertConversation(tx, userId, conversation))
    return c.json(viewConversation(made), 201)
  })

  api.openapi(read, async c => {
    const { id: userId } = c.var.user
    const { id } = c.req.valid('param')
    const found = await withUser(db, userId, tx => requireConversation(tx, userId, id))
    return c.json(viewConversation(found), 200)
  })

  api.openapi(update, async c => {
    const { id: userId } = c.var.user
    const { title, archived } = c.req.valid('json')
    const change = {
      id: c.req.valid('param').id,
      ...(title === undefined ? {} : { title }),
      ...(archived === undefined ? {} : { archived }),
    }
    const changed = await withUser(db, userId, tx => updateConversation(tx, userId, change))
    return c.json(viewConversation(changed), 200)
  })

  api.openapi(remove, async c => {
    const { id: userId } = c.var.user
    const { id } = c.req.valid('param')
    await withUser(db, userId, tx => deleteConversation(tx, userId, id))
    abandonConversation(engine, userId, id)
    return c.body(null, 204)
  })

  return api
}

export const viewConversation = (conversation: Conversation) => ({
  id: conversation.id,
  title: conversation.title,
  active_turn_id: conversation.activeTurn,
  head_turn_id: conversation.headTurn,
  archived: conversation.archivedAt !== null,
  created_at: conversation.createdAt.toISOString(),
  updated_at: conversation.updatedAt.toISOString(),
})

const placeOf = ({ activity, id }: ActivityCursor) => `${activity}_${id}`

function cursorOf(after: string): ActivityCursor {
  const [, activity, id] = /^(\d{1,16})_([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/.exec(after) ?? []
  if (!activity || !id) throw new AppError('invalid', 'after: must come from a Link header')
  return { activity, id }
}
