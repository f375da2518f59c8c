import { type Database, withUser } from '../db/database.ts'
import type { Conversation } from '../store/conversations.ts'
import { listToolCalls, type Message, pageMessages, type ToolCallRow } from '../store/messages.ts'
import { pageTurns } from '../store/turn-list.ts'
import type { StoredPart } from '../store/turns.ts'
import { fencedJson } from '../wire/text.ts'
import { viewConversation } from './conversations.ts'
import { viewTurn } from './turn-view.ts'

/** A conversation as one document, in pieces: each page is read once the one before has been taken. */

const perPage = 100

/** All versions of all turns that existed at the start. */
export async function* writeJson(
  db: Database,
  userId: string,
  conversation: Conversation,
): AsyncGenerator<string> {
  yield `{"conversation":${JSON.stringify(viewConversation(conversation))},\n"turns":[`
  for (let after = 0, separator = ''; after < conversation.lastTurn; separator = ',') {
    const page = { conversationId: conversation.id, status: undefined, after, limit: perPage }
    const turns = await withUser(db, userId, tx => pageTurns(tx, userId, page))
    if (turns.length > 0)
      yield `${separator}\n${turns.map(turn => JSON.stringify(viewTurn(turn))).join(',\n')}`
    after = turns.length < perPage ? conversation.lastTurn : (turns.at(-1)?.turn.turnNo ?? 0)
  }
  yield '\n]}\n'
}

/** The version being read, for people. */
export async function* writeMarkdown(
  db: Database,
  userId: string,
  conversation: Conversation,
): AsyncGenerator<string> {
  yield `# ${conversation.title.replace(/\s+/g, ' ')}\n`
  for (let after = 0; ; ) {
    const page = { conversationId: conversation.id, before: undefined, after, limit: perPage }
    const found = await withUser(db, userId, async tx => {
      const rows = await pageMessages(tx, userId, page)
      const turnIds = rows.filter(row => row.parts).map(row => row.turnId)
      return { rows, calls: await listToolCalls(tx, userId, turnIds) }
    })
    for (const row of found.rows) yield markdownOf(row, found.calls)
    if (found.rows.length < perPage) return
    after = found.rows.at(-1)?.seq ?? after
  }
}

function markdownOf(message: Message, calls: ToolCallRow[]): string {
  const who = message.role === 'user' ? 'You' : 'Assistant'
  const state =
    message.status === null || message.status === 'completed' ? '' : ` (${stateOf[message.status]})`
  const own = new Map(calls.filter(call => call.turnId === message.turnId).map(call => [call.id, call]))
  const said = partsOf(message).flatMap(part => {
    if (part.type === 'tool_call') return markdownOfCall(own.get(part.id)) ?? []
    return part.type === 'text' && part.text ? part.text : []
  })
  return `\n## ${who}${state} · ${timeOf(message.createdAt)}\n\n${said.join('\n\n')}\n`
}

const stateOf = { awaiting_approval: 'awaits your approval', failed: 'failed', cancelled: 'stopped' }

// The column holds the parts that finish_turn was given.
const partsOf = ({ parts, content }: Message) =>
  (parts as StoredPart[] | null) ?? [{ type: 'text' as const, step: 1, text: content }]

function markdownOfCall(call: ToolCallRow | undefined): string | undefined {
  if (!call) return undefined
  const when = call.finishedAt ? ` · ${timeOf(call.finishedAt)}` : ''
  const result = call.result === null ? '' : `\n\nResult:\n\n${fencedJson(call.result)}`
  return `**Tool \`${call.name}\`** · ${call.status.replace('_', ' ')}${when}\n\nArguments:\n\n${fencedJson(call.arguments)}${result}`
}

const timeOf = (at: Date) => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
