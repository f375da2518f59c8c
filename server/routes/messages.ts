import { type Database, withUser } from '../db/database.ts'
import { requireConversation } from '../store/conversations.ts'
import { type Feedback, listFeedback } from '../store/feedback.ts'
import { listToolCalls, type Message, pageMessages, type ToolCallRow } from '../store/messages.ts'
import { createApi } from './api.ts'
import { linkTo } from './link.ts'
import { list } from './message-contract.ts'
import { viewFeedback, viewToolCall } from './turn-view.ts'

/** The messages of a conversation, in the version being read. */
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
      const calls = await listToolCalls(tx, userId, turnIds)
      const answers = rows.filter(row => row.role === 'assistant').map(row => row.turnId)
      return { lastTurn, rows, calls, feedback: await listFeedback(tx, userId, answers) }
    })
    const first = found.rows[0]?.seq ?? 1
    const last = found.rows.at(-1)?.seq ?? 2 * found.lastTurn
    const links = [
      ...(first > 1 ? [linkTo(c.req.url, 'prev', { before: first })] : []),
      ...(last < 2 * found.lastTurn ? [linkTo(c.req.url, 'next', { after: last })] : []),
    ]
    if (links.length > 0) c.header('Link', links.join(', '))
    return c.json(
      found.rows.map(row => viewMessage(row, found)),
      200,
    )
  })

  return api
}

interface Beside {
  calls: ToolCallRow[]
  /** Keyed by turn id. */
  feedback: Map<string, Feedback>
}

function viewMessage(message: Message, { calls, feedback }: Beside) {
  const isAnswer = message.role === 'assistant'
  const given = isAnswer ? feedback.get(message.turnId) : undefined
  return {
    id: message.id,
    turn_id: message.turnId,
    seq: message.seq,
    role: message.role,
    status: message.status,
    content: message.content,
    tool_calls: isAnswer ? calls.filter(call => call.turnId === message.turnId).map(viewToolCall) : [],
    feedback: given ? viewFeedback(given) : null,
    created_at: message.createdAt.toISOString(),
  }
}
