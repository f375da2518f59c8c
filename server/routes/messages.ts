import { type Database, withUser } from '../db/database.ts'
import { requireConversation } from '../store/conversations.ts'
import { listToolCalls, type Message, pageMessages, type ToolCallRow } from '../store/messages.ts'
import { createApi } from './api.ts'
import { linkTo } from './link.ts'
import { list } from './message-contract.ts'
import { viewToolCall } from './turn-view.ts'

/** The messages of a conversation, along the version that is read. */
export function messageRoutes({ db }: { db: Database }) {
  const api = createApi()

  api.openapi(list, async c => {
    const { id: userId } = c.var.user
    const { limit, before, after } = c.req.valid('query')
    const page = { conversationId: c.req.valid('param').id, before, after, limit }
    const found = await withUser(db, userId, async tx => {
      const { lastTurn } = await requireConversation(tx, userId, page.conversationId)
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
