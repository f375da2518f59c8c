import type { Context } from 'hono'
import { type Database, withUser } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { describeTurn, describeTurns, findNamed, type TurnDescription } from '../store/external-ids.ts'
import { type Feedback, listFeedback } from '../store/feedback.ts'
import { listToolCalls, type Message, pageMessages, type ToolCallRow } from '../store/messages.ts'
import type { TurnName } from '../store/turns.ts'
import { usageOf } from '../turns/context-figure.ts'
import { stopTurn } from '../turns/steer-turn.ts'
import { type UiMessage, uiPartsOf } from '../wire/ui-history.ts'
import { createUiMessageEncoding, uiMessageStreamHeaders, uiOverflowFrame } from '../wire/ui-message.ts'
import { messages, type PostBody, post, postTo, resume, stop } from './ai-sdk-contract.ts'
import { readUiRequest } from './ai-sdk-request.ts'
import { type ApiEnv, createApi, inAnyForm } from './api.ts'
import type { TurnRoutesContext } from './chat.ts'
import { giveVerdicts } from './give-verdicts.ts'
import { linkTo } from './link.ts'
import { postMessage } from './post-message.ts'
import { showTurn, uiTurnOf, viewParts } from './turn-view.ts'

const encoding = createUiMessageEncoding()

/** `/ai-sdk`: the AI SDK's UI message stream over the turn engine. */
export function aiSdkRoutes(context: TurnRoutesContext) {
  const { engine } = context
  const { db } = engine
  const api = createApi()

  api.openapi(post, async c => inAnyForm(await answerUiRequest(c, context, c.req.valid('json'))))

  api.openapi(postTo, async c => {
    const id = c.req.valid('param').conversation_id
    return inAnyForm(await answerUiRequest(c, context, { ...c.req.valid('json'), id }))
  })

  api.openapi(resume, async c => {
    const { id: userId } = c.var.user
    const found = await findNamed(db, userId, c.req.valid('param').conversation_id)
    if (found && found.last_turn === undefined) throw new AppError('conversation_not_found')
    if (!found?.active_turn) return c.body(null, 204)
    return inAnyForm(await streamTurn(c, context, { userId, turnId: found.active_turn }))
  })

  api.openapi(stop, async c => {
    const { id: userId } = c.var.user
    const { active_turn: turnId } = await requireNamed(db, userId, c.req.valid('param').conversation_id)
    if (!turnId) return c.body(null, 204)
    const isOver = await stopTurn(engine, { userId, turnId })
    return c.json(await showTurn(db, { userId, turnId }), isOver ? 200 : 202)
  })

  api.openapi(messages, async c => {
    const { id: userId } = c.var.user
    const { id: conversationId } = await requireNamed(db, userId, c.req.valid('param').conversation_id)
    const page = { conversationId, after: undefined, before: undefined, ...c.req.valid('query') }
    const { rows, turns, beside } = await withUser(db, userId, async tx => {
      const rows = await pageMessages(tx, userId, page)
      const turnIds = [...new Set(rows.map(row => row.turnId))]
      const calls = await listToolCalls(tx, userId, turnIds)
      const turns = await describeTurns(tx, userId, turnIds)
      return { rows, turns, beside: { calls, feedback: await listFeedback(tx, userId, turnIds) } }
    })
    const first = rows[0]?.seq ?? 1
    if (first > 1) c.header('Link', linkTo(c.req.url, 'prev', { before: first }))
    const described = new Map(turns.map(turn => [turn.id, turn]))
    const shown = rows.flatMap(row => {
      const turn = described.get(row.turnId)
      return turn ? [uiMessageOf(row, turn, beside)] : []
    })
    return inAnyForm(c.json(shown, 200))
  })

  return api
}

async function answerUiRequest(c: Context<ApiEnv>, context: TurnRoutesContext, body: PostBody) {
  const { engine, streams } = context
  streams.admit(c)
  const asked = readUiRequest(body)
  const name = body.id ?? undefined
  if (asked.asks === 'verdicts') {
    const userId = c.var.user.id
    const { id: conversationId } = await requireNamed(engine.db, userId, name)
    return streamTurn(c, context, await giveVerdicts(engine, { userId, conversationId }, asked.verdicts))
  }
  const { content, message, replaces } = asked
  const names = { conversation: name, message, replaces }
  const said = { content, conversationId: undefined, ifBusy: body.if_busy, names, protocol: 'ai-sdk' }
  return streamTurn(c, context, await postMessage(c, engine, said))
}

async function requireNamed(db: Database, userId: string, name: string | undefined) {
  const found = name === undefined ? null : await findNamed(db, userId, name)
  if (found?.last_turn === undefined) throw new AppError('conversation_not_found')
  return found
}

/** `answered`: the client continues the message it has, after the questions it answered. */
async function streamTurn(
  c: Context<ApiEnv>,
  { engine, streams }: TurnRoutesContext,
  { answered, ...turn }: TurnName & { answered?: Set<string> },
) {
  const described = await describeTurn(engine.db, turn.userId, turn.turnId)
  if (!described) throw new AppError('turn_not_found')
  const encode = encoding(uiTurnOf(described), answered)
  return streams.follow(c, engine, {
    turn,
    encode,
    headers: uiMessageStreamHeaders,
    overflow: uiOverflowFrame,
  })
}

interface Beside {
  calls: ToolCallRow[]
  /** Keyed by turn id. */
  feedback: Map<string, Feedback>
}

function uiMessageOf(message: Message, described: TurnDescription, { calls, feedback }: Beside): UiMessage {
  const { role, seq, turnId } = message
  const turn = { ...uiTurnOf(described), createdAt: message.createdAt.toISOString(), seq }
  if (role === 'user') {
    const parts = [{ type: 'text', text: message.content }]
    return { id: described.user_message ?? message.id, role, metadata: turn, parts }
  }
  const { status, usage, error } = described
  const given = feedback.get(turnId)?.value
  const metadata = {
    ...turn,
    messageId: message.id,
    status,
    ...(usage ? usageOf(usage) : {}),
    ...(error ? { error } : {}),
    ...(given ? { feedback: given } : {}),
  }
  return { id: turnId, role, metadata, parts: uiPartsOf(viewParts(message, calls)) }
}
