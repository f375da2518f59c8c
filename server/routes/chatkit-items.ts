import { type Database, type Tx, withUser } from '../db/database.ts'
import { AppError } from '../errors.ts'
import type { Conversation } from '../store/conversations.ts'
import { describeTurns } from '../store/external-ids.ts'
import { listToolCalls, type Message, pageMessages, type ToolCallRow } from '../store/messages.ts'
import { pageTurns } from '../store/turn-list.ts'
import { findTurn, type StoredTurn, type TurnName } from '../store/turns.ts'
import type { Engine } from '../turns/engine.ts'
import { viewedParts } from '../turns/view.ts'
import {
  answerItemsOf,
  type ChatKitItem,
  type ChatKitPage,
  type ChatKitThread,
  type ChatKitTurn,
  settledItem,
  threadIdOf,
  turnIn,
  userItemsOf,
} from '../wire/chatkit-items.ts'
import type { ItemPageQuery } from './chatkit-contract.ts'
import { viewParts } from './turn-view.ts'

/** The items of a thread, in pages: stored messages, then the answer being generated, then queued messages. */

const usualLimit = 20
/** Messages queued behind the running turn are all shown, up to this many. */
const shownQueue = 1000

/** The items of one message, or of one turn's answer. */
interface Group {
  turnNo: number
  items: ChatKitItem[]
}

export const limitOf = ({ limit }: ItemPageQuery) => limit || usualLimit

export const viewThread = (
  { id, title, createdAt }: Conversation,
  items: ChatKitPage<ChatKitItem> = { data: [], has_more: false },
): ChatKitThread => ({
  id: threadIdOf(id),
  title,
  created_at: createdAt.toISOString(),
  status: { type: 'active' },
  metadata: {},
  items,
})

/** As the protocol defines pages: the id of the last row is the cursor of the next page. */
export function pageOf<Row extends { id: string }>(found: Row[], limit: number): ChatKitPage<Row> {
  const data = found.slice(0, limit)
  const after = data.at(-1)?.id
  return found.length > limit && after !== undefined
    ? { data, has_more: true, after }
    : { data, has_more: false }
}

const turnOf = (turn: StoredTurn): ChatKitTurn => ({
  threadId: threadIdOf(turn.conversation_id),
  turnId: turn.id,
  createdAt: new Date(turn.created_at).toISOString(),
})

/** A turn's answer so far; from memory if the turn runs here. */
export async function readAnswer({ db, live }: Engine, userId: string, turnId: string): Promise<Group> {
  const turn = await findTurn(db, userId, turnId)
  if (!turn) return { turnNo: 0, items: [] }
  const here = live.get(turnId)
  const parts = here?.userId === userId ? here.parts : viewedParts(turn)
  return { turnNo: turn.turn_no, items: answerItemsOf(turnOf(turn), parts) }
}

/** The answered question without its buttons; it is no longer among the thread's items. */
export async function readSettled(
  db: Database,
  { userId, turnId, answered }: TurnName & { answered: ReadonlySet<string> },
): Promise<ChatKitItem | undefined> {
  const turn = await findTurn(db, userId, turnId)
  const parts = turn ? viewedParts(turn) : []
  const place = parts.findIndex(part => part.type === 'tool_call' && answered.has(part.tool_call.id))
  const part = parts[place]
  return turn && part?.type === 'tool_call' ? settledItem(turnOf(turn), place, part.tool_call) : undefined
}

export async function listItems(
  engine: Engine,
  userId: string,
  { conversation, ...query }: ItemPageQuery & { conversation: Conversation },
): Promise<ChatKitPage<ChatKitItem>> {
  const { order, after } = query
  const isDown = order !== 'asc'
  const limit = limitOf(query)
  const following = (groups: Group[]) => {
    const items = groups.flatMap(({ items }) => (isDown ? items.toReversed() : items))
    // A queued message whose turn started while reading appears twice.
    const once = [...new Map(items.map(item => [item.id, item])).values()]
    return once.slice(once.findIndex(({ id }) => id === after) + 1)
  }
  const tail = await readTail(engine, userId, conversation)
  const groups = await withUser(engine.db, userId, async tx => {
    const from = after ? await placeOf(tx, userId, { conversation, itemId: after }) : undefined
    const newest = tail.filter(({ turnNo }) => !from || (isDown ? turnNo <= from : turnNo >= from))
    const found = isDown ? newest.toReversed() : []
    for await (const read of storedPages(tx, userId, { conversation, isDown, from, limit: limit + 1 })) {
      found.push(...read)
      if (following(found).length > limit) break
    }
    return isDown ? found : [...found, ...newest]
  })
  return pageOf(following(groups), limit)
}

/** The number of an item's turn; the item itself may be gone. Throws invalid for an item that never existed here. */
async function placeOf(
  tx: Tx,
  userId: string,
  { conversation, itemId }: { conversation: Conversation; itemId: string },
): Promise<number> {
  const named = turnIn(itemId)
  const [turn] = named ? await describeTurns(tx, userId, [named.turnId]) : []
  if (turn?.conversation_id !== conversation.id) throw new AppError('invalid', 'after: no such item')
  return turn.turn_no
}

/** The running turn's answer and the queued messages, which are not among the live messages yet. */
async function readTail(
  engine: Engine,
  userId: string,
  { id: conversationId, activeTurn }: Conversation,
): Promise<Group[]> {
  if (!activeTurn) return []
  const page = { conversationId, status: 'queued' as const, after: 0, limit: shownQueue }
  const queued = await withUser(engine.db, userId, tx => pageTurns(tx, userId, page))
  const waiting = queued.map(({ turn, message }): Group => {
    const said = { threadId: threadIdOf(conversationId), turnId: turn.id }
    const items = userItemsOf({ ...said, createdAt: turn.createdAt.toISOString() }, message)
    return { turnNo: turn.turnNo, items }
  })
  return [await readAnswer(engine, userId, activeTurn), ...waiting]
}

interface StoredQuery {
  conversation: Conversation
  isDown: boolean
  /** The number of the first turn, inclusive. */
  from: number | undefined
  limit: number
}

async function* storedPages(tx: Tx, userId: string, query: StoredQuery): AsyncGenerator<Group[]> {
  const { conversation, isDown, from, limit } = query
  const bounds = isDown
    ? { before: from === undefined ? undefined : 2 * from + 1, after: undefined }
    : { before: undefined, after: from === undefined ? 0 : 2 * from - 2 }
  for (;;) {
    const page = { conversationId: conversation.id, limit, ...bounds }
    const rows = await pageMessages(tx, userId, page)
    const groups = await viewRows(tx, userId, { rows, conversation })
    yield isDown ? groups.toReversed() : groups
    if (rows.length < limit) return
    if (isDown) bounds.before = rows[0]?.seq
    else bounds.after = rows.at(-1)?.seq
  }
}

async function viewRows(
  tx: Tx,
  userId: string,
  { rows, conversation }: { rows: Message[]; conversation: Conversation },
): Promise<Group[]> {
  const turnIds = [...new Set(rows.map(row => row.turnId))]
  const calls = await listToolCalls(tx, userId, turnIds)
  const described = new Map((await describeTurns(tx, userId, turnIds)).map(turn => [turn.id, turn]))
  return rows.flatMap(row => {
    const created = described.get(row.turnId)?.created_at
    // A running turn's answer is shown as it is now (see readTail), not as stored when it asked a question.
    const isUnderWay = row.role === 'assistant' && row.turnId === conversation.activeTurn
    if (!created || isUnderWay) return []
    const createdAt = new Date(created).toISOString()
    const turn = { threadId: threadIdOf(conversation.id), turnId: row.turnId, createdAt }
    return { turnNo: Math.ceil(row.seq / 2), items: itemsOf(turn, row, calls) }
  })
}

const itemsOf = (turn: ChatKitTurn, row: Message, calls: ToolCallRow[]) =>
  row.role === 'user' ? userItemsOf(turn, row.content) : answerItemsOf(turn, viewParts(row, calls))
