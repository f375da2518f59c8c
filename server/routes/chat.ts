import type { Context } from 'hono'
import { AppError } from '../errors.ts'
import { findTurn } from '../store/turns.ts'
import type { Engine } from '../turns/engine.ts'
import type { TurnOutcome } from '../turns/event.ts'
import { awaitOutcome } from '../turns/follow-turn.ts'
import { createTurnEventEncoder } from '../wire/turn-events.ts'
import { type ApiEnv, createApi, inAnyForm } from './api.ts'
import { chat } from './chat-contract.ts'
import type { EventStreams } from './event-streams.ts'
import { checkLength } from './message-text.ts'
import { type PostedMessage, postMessage, type Said } from './post-message.ts'

export interface TurnRoutesContext {
  engine: Engine
  streams: EventStreams
  responseWaitMs: number
}

const encode = createTurnEventEncoder()

/** `POST /api/{user_id}/chat`. Keeps no state between requests; any instance can serve any turn. */
export function chatRoutes(context: TurnRoutesContext) {
  const api = createApi()
  api.openapi(chat, async c => {
    const { message, conversation_id, if_busy } = c.req.valid('json')
    const said = {
      content: checkLength(message),
      conversationId: conversation_id ?? undefined,
      ifBusy: if_busy,
    }
    return inAnyForm(await sayAndAnswer(c, context, said))
  })
  return api
}

/** Accepts a message and responds with its turn's outcome, in the form the client asked for. */
export async function sayAndAnswer(
  c: Context<ApiEnv>,
  context: TurnRoutesContext,
  said: Omit<Said, 'protocol'>,
) {
  if (wantsEvents(c)) context.streams.admit(c)
  return answerWithTurn(c, context, await postMessage(c, context.engine, { ...said, protocol: 'rest' }))
}

/** The outcome as JSON, or its events; 202 when it takes longer than a client should wait. */
async function answerWithTurn(
  c: Context<ApiEnv>,
  { engine, streams, responseWaitMs }: TurnRoutesContext,
  turn: PostedMessage,
) {
  if (wantsEvents(c)) return streams.follow(c, engine, { turn, encode })
  const outcome = await awaitOutcome(engine, turn, responseWaitMs)
  if (outcome) return c.json(answerOf(outcome), 200)
  const { turnId, conversationId } = turn
  c.header('Location', `/api/${encodeURIComponent(turn.userId)}/turns/${turnId}`)
  const stored = await findTurn(engine.db, turn.userId, turnId)
  const status = stored?.status === 'queued' ? 'queued' : 'running'
  return c.json({ conversation_id: conversationId, turn_id: turnId, status }, 202)
}

const wantsEvents = (c: Context<ApiEnv>) => c.req.header('accept')?.includes('text/event-stream')

/** A failed turn fails its request, and every replay of it. */
function answerOf(outcome: TurnOutcome): TurnOutcome {
  const { error, conversation_id, turn_id } = outcome
  if (!error) return outcome
  throw new AppError(error.code, error.detail, { facts: { conversation_id, turn_id } })
}
