import type { Context } from 'hono'
import { type Database, withUser } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { describeTurn, type FoundRun, findNamed, findRun } from '../store/external-ids.ts'
import { listToolCalls, pageMessages } from '../store/messages.ts'
import type { TurnName } from '../store/turns.ts'
import { stopTurn } from '../turns/steer-turn.ts'
import { createAgUiEncoding } from '../wire/ag-ui.ts'
import { type AgUiMessage, agUiMessagesOf, attemptsIn, stepMessageId } from '../wire/ag-ui-messages.ts'
import { agUiOverflowFrame, emptyRun } from '../wire/ag-ui-run.ts'
import { eventStreamHeaders } from '../wire/turn-events.ts'
import { connect, connectAgent, info, run, runAgent, stop, stopAgent } from './ag-ui-contract.ts'
import { type AgUiRequest, readRun, textOfMessages } from './ag-ui-request.ts'
import { type ApiEnv, createApi, inAnyForm } from './api.ts'
import type { TurnRoutesContext } from './chat.ts'
import { giveVerdicts } from './give-verdicts.ts'
import { postMessage } from './post-message.ts'
import { showTurn, uiTurnOf, viewParts } from './turn-view.ts'

const encoding = createAgUiEncoding()
const protocol = 'ag-ui'

/** The most messages of a thread that are restated, from its end. */
const restatedMessages = 1000

const capabilities = {
  transport: { streaming: true },
  tools: { supported: true, clientProvided: false },
  state: { snapshots: false, deltas: false },
  reasoning: { supported: true, streaming: true },
  humanInTheLoop: { supported: true, approvals: true, interrupts: true },
}

/** `/ag-ui`: AG-UI over the turn engine, also under the paths that CopilotKit's client requests. */
export function agUiRoutes(context: TurnRoutesContext) {
  const api = createApi()

  for (const route of [run, runAgent] as const) {
    api.openapi(route, async c => inAnyForm(await answerRun(c, context, readRun(c.req.valid('json')))))
  }
  for (const route of [connect, connectAgent] as const) {
    api.openapi(route, async c => inAnyForm(await answerConnect(c, context, readRun(c.req.valid('json')))))
  }
  api.openapi(stop, async c => inAnyForm(await stopThread(c, context, c.req.valid('json').threadId)))
  api.openapi(stopAgent, async c => inAnyForm(await stopThread(c, context, c.req.valid('param').thread_id)))

  api.openapi(info, c => {
    const agent = {
      name: 'default',
      className: 'Colloquy',
      description: 'The agent of this server',
      capabilities,
    }
    const agents = { default: agent }
    return c.json({ version: '1.0', mode: 'sse', audioFileTranscriptionEnabled: false, agents }, 200)
  })

  return api
}

async function stopThread(c: Context<ApiEnv>, { engine }: TurnRoutesContext, name: string) {
  const userId = c.var.user.id
  const found = await findNamed(engine.db, userId, name)
  if (found?.last_turn === undefined) throw new AppError('conversation_not_found')
  if (!found.active_turn) return c.body(null, 204)
  const turn = { userId, turnId: found.active_turn }
  const isOver = await stopTurn(engine, turn)
  return c.json(await showTurn(engine.db, turn), isOver ? 200 : 202)
}

async function answerRun(c: Context<ApiEnv>, context: TurnRoutesContext, asked: AgUiRequest) {
  context.streams.admit(c)
  const userId = c.var.user.id
  const found = await findRun(context.engine.db, userId, {
    conversation: asked.threadId,
    key: `${protocol}:${keyOf(asked)}`,
    messages: asked.newest.map(message => message.id),
    after: asked.after,
  })
  if (found.conversation && found.conversation.last_turn === undefined)
    throw new AppError('conversation_not_found')
  if (asked.verdicts.length > 0) return answerQuestions(c, context, { asked, found })
  const turnId = found.made ?? (await turnOfRun(c, context, { asked, found }))
  return streamRun(c, context, { asked, turn: { userId, turnId } })
}

interface Looked {
  asked: AgUiRequest
  found: FoundRun
}

async function answerQuestions(c: Context<ApiEnv>, context: TurnRoutesContext, { asked, found }: Looked) {
  const conversationId = found.conversation?.id
  if (conversationId === undefined) throw new AppError('conversation_not_found')
  const { verdicts } = asked
  if (found.asking.some(id => !verdicts.some(verdict => verdict.callId === id)))
    throw new AppError('conflict', 'The thread has open interrupts that resume does not answer')
  const owner = { userId: c.var.user.id, conversationId }
  const { answered, ...turn } = await giveVerdicts(context.engine, owner, verdicts)
  return streamRun(c, context, { asked, turn, answered })
}

/** New messages start a turn, replacing what the client has cut off, if anything; a known message is answered again. */
async function turnOfRun(c: Context<ApiEnv>, { engine }: TurnRoutesContext, { asked, found }: Looked) {
  const { newest, after, threadId: conversation } = asked
  const known = new Map(found.known.map(message => [message.name, message]))
  const said = newest.filter(message => !known.has(message.id))
  const last = newest.at(-1)
  const underWay = last ? known.get(last.id) : undefined
  if (underWay && (underWay.status === 'running' || underWay.status === 'queued')) return underWay.turn
  if (!last) {
    if (found.conversation?.active_turn) return found.conversation.active_turn
    throw new AppError('invalid', 'messages: no message of the user is new')
  }
  const isNew = said.length > 0
  const cutsOff = isNew && known.size === 0 && after !== undefined && found.next
  const replaces = isNew
    ? cutsOff
      ? ({ by: 'edit', name: cutsOff } as const)
      : undefined
    : ({ by: 'regenerate', name: last.id } as const)
  const { turnId } = await postMessage(c, engine, {
    content: isNew ? textOfMessages(said) : undefined,
    conversationId: undefined,
    ifBusy: 'enqueue',
    names: { conversation, message: last.id, replaces },
    clientContext: asked.context,
    protocol,
    key: keyOf(asked),
  })
  return turnId
}

/** Run ids are unique only within their thread. */
const keyOf = ({ threadId, runId }: AgUiRequest) => JSON.stringify([threadId, runId])

async function answerConnect(c: Context<ApiEnv>, context: TurnRoutesContext, asked: AgUiRequest) {
  const userId = c.var.user.id
  const found = await findNamed(context.engine.db, userId, asked.threadId)
  if (found && found.last_turn === undefined) throw new AppError('conversation_not_found')
  const turnId = found?.head_turn
  if (!turnId) return c.body(emptyRun(asked), 200, eventStreamHeaders)
  return streamRun(c, context, { asked, turn: { userId, turnId }, connects: true })
}

interface StreamedRun {
  asked: AgUiRequest
  turn: TurnName
  answered?: Set<string>
  connects?: boolean
}

async function streamRun(
  c: Context<ApiEnv>,
  { engine, streams }: TurnRoutesContext,
  { asked, turn, answered, connects = false }: StreamedRun,
) {
  const { db } = engine
  const described = await describeTurn(db, turn.userId, turn.turnId)
  if (!described) throw new AppError('turn_not_found')
  const { threadId, runId, isLegacy, has } = asked
  const attempts = attemptsIn(has)
  const place = { conversationId: described.conversation_id, before: 2 * described.turn_no }
  const encode = encoding(uiTurnOf(described), {
    threadId,
    runId,
    isLegacy,
    connects,
    answered,
    has: new Set([...has].filter(id => id.startsWith(turn.turnId) || (answered && id.endsWith(':result')))),
    loadThread: () => loadThread(db, turn.userId, { ...place, attempts }),
  })
  return streams.follow(c, engine, { turn, encode, overflow: agUiOverflowFrame })
}

async function loadThread(
  db: Database,
  userId: string,
  {
    conversationId,
    before,
    attempts,
  }: { conversationId: string; before: number; attempts: Map<string, number> },
): Promise<AgUiMessage[]> {
  const page = { conversationId, before, after: undefined, limit: restatedMessages }
  return withUser(db, userId, async tx => {
    const rows = await pageMessages(tx, userId, page)
    const turnIds = rows.filter(row => row.parts).map(row => row.turnId)
    const calls = await listToolCalls(tx, userId, turnIds)
    return rows.flatMap((row): AgUiMessage[] => {
      if (row.role === 'user') return [{ id: row.clientId ?? row.id, role: 'user', content: row.content }]
      const idOf = (step: number) =>
        stepMessageId(row.turnId, step, attempts.get(stepMessageId(row.turnId, step)))
      return agUiMessagesOf(viewParts(row, calls), idOf)
    })
  })
}
