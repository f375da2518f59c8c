import type { Context } from 'hono'
import { withUser } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { type Conversation, requireConversation } from '../store/conversations.ts'
import type { TurnName } from '../store/turns.ts'
import { createChatKitEncoding } from '../wire/chatkit.ts'
import {
  type ChatKitEvent,
  chatKitFrame,
  chatKitOverflowFrame,
  refusal,
  settlingEvents,
  streamOptions,
} from '../wire/chatkit-events.ts'
import { threadIdOf, turnIn, userItemsOf } from '../wire/chatkit-items.ts'
import { eventStreamHeaders } from '../wire/turn-events.ts'
import { type ApiEnv, createApi, inAnyForm } from './api.ts'
import type { TurnRoutesContext } from './chat.ts'
import { messageText } from './chat-contract.ts'
import { takeAction } from './chatkit-actions.ts'
import { type ChatKitInput, chatKit, isStreaming, type StreamingRequest } from './chatkit-contract.ts'
import { readAnswer, viewThread } from './chatkit-items.ts'
import { answerRequest, requireThread } from './chatkit-threads.ts'
import { checkLength } from './message-text.ts'
import { postMessage, type Said } from './post-message.ts'
import { readField } from './read-field.ts'
import { requireListedTurn } from './turn-view.ts'

const encoding = createChatKitEncoding()

/** `POST /chatkit`: OpenAI's ChatKit over the turn engine. */
export function chatKitRoutes(context: TurnRoutesContext) {
  const api = createApi()
  api.openapi(chatKit, async c => {
    const request = c.req.valid('json')
    if (!isStreaming(request)) return inAnyForm(c.json(await answerRequest(c, context, request), 200))
    return inAnyForm(await streamRequest(c, context, request))
  })
  return api
}

/** Errors that the user should read are sent as events; errors of the client program as a status. */
async function streamRequest(c: Context<ApiEnv>, context: TurnRoutesContext, request: StreamingRequest) {
  try {
    return await openStream(c, context, request)
  } catch (error) {
    const isOfItem = error instanceof AppError && /^(turn|tool_call)_not_found$/.test(error.code)
    if (!isOfItem) throw error
    return streamEvents(c, [refusal(error.message)])
  }
}

async function openStream(c: Context<ApiEnv>, context: TurnRoutesContext, request: StreamingRequest) {
  const { engine, streams } = context
  streams.admit(c)
  const { type, params } = request
  if ('input' in params && params.input.attachments?.length)
    return streamEvents(c, [refusal('Attachments are not supported here')])
  if (type === 'threads.create') {
    const content = textIn(params.input)
    const turn = await post(c, context, { content, conversationId: undefined })
    return streamTurn(c, context, { turn, isNew: true })
  }
  const conversation = await requireThread(engine.db, c.var.user.id, params.thread_id)
  switch (type) {
    case 'threads.add_user_message':
      return addMessage(c, context, { conversation, content: textIn(params.input) })
    case 'threads.retry_after_item':
      return retryAfter(c, context, { conversation, itemId: params.item_id })
    case 'threads.custom_action': {
      const answered = await takeAction(engine, conversation, params.action)
      if (!answered) return streamEvents(c, [streamOptions])
      return streamTurn(c, context, { turn: answered, answered: answered.answered })
    }
    case 'threads.add_client_tool_output':
      return streamEvents(c, [refusal('No tool runs in the client here')])
    case 'threads.add_structured_input':
      return streamEvents(c, [refusal('There is no such question here')])
  }
}

const post = (
  c: Context<ApiEnv>,
  { engine }: TurnRoutesContext,
  said: Pick<Said, 'content' | 'conversationId' | 'names'>,
) => postMessage(c, engine, { ifBusy: 'enqueue', protocol: 'chatkit', ...said })

/** Quoted text becomes part of the message. */
function textIn({ content, quoted_text }: ChatKitInput): string {
  const quoted = quoted_text ? `${quoted_text.replace(/^/gm, '> ')}\n\n` : ''
  return checkLength(
    quoted + readField(messageText, content.map(part => part.text).join(''), 'input.content'),
  )
}

/** A new message also answers any open question, which is then removed from the thread. */
async function addMessage(
  c: Context<ApiEnv>,
  context: TurnRoutesContext,
  { conversation, content }: { conversation: Conversation; content: string },
) {
  const { userId, awaitingTurn } = conversation
  const readAsking = async () =>
    awaitingTurn ? (await readAnswer(context.engine, userId, awaitingTurn)).items : []
  const asked = await readAsking()
  const turn = await post(c, context, { content, conversationId: conversation.id })
  return streamTurn(c, context, { turn, before: settlingEvents(asked, await readAsking()) })
}

/** Makes another version of the turn. The message is sent anew, since the client has removed it and what followed. */
async function retryAfter(
  c: Context<ApiEnv>,
  context: TurnRoutesContext,
  { conversation, itemId }: { conversation: Conversation; itemId: string },
) {
  const named = turnIn(itemId)
  if (!named?.isOfUser) throw new AppError('turn_not_found', 'The thread has no such message of yours')
  const replaces = { by: 'regenerate' as const, name: named.turnId }
  const names = { conversation: conversation.id, message: undefined, replaces }
  const turn = await post(c, context, { content: undefined, conversationId: undefined, names })
  return streamTurn(c, context, { turn, instead: itemId })
}

interface StreamedTurn {
  turn: TurnName
  isNew?: boolean
  /** The item that the message replaces. */
  instead?: string
  before?: readonly ChatKitEvent[]
  answered?: ReadonlySet<string>
}

async function streamTurn(c: Context<ApiEnv>, { engine, streams }: TurnRoutesContext, told: StreamedTurn) {
  const { turn, answered } = told
  const { listed, conversation } = await withUser(engine.db, turn.userId, async tx => {
    const listed = await requireListedTurn(tx, turn.userId, turn.turnId)
    return { listed, conversation: await requireConversation(tx, turn.userId, listed.turn.conversationId) }
  })
  const createdAt = listed.turn.createdAt.toISOString()
  const run = { threadId: threadIdOf(conversation.id), turnId: turn.turnId, createdAt }
  const said = userItemsOf(run, listed.message).map(
    (item): ChatKitEvent => ({ type: 'thread.item.done', item }),
  )
  const thread = viewThread(conversation)
  const opening = openingOf(told, thread, said)
  const encode = encoding({ ...run, thread, opening, answered })
  return streams.follow(c, engine, {
    turn,
    encode,
    overflow: chatKitOverflowFrame,
  })
}

/** Events in the order of the reference server. */
function openingOf(
  { isNew, instead, answered, before = [] }: StreamedTurn,
  thread: ReturnType<typeof viewThread>,
  said: ChatKitEvent[],
): ChatKitEvent[] {
  if (answered) return [streamOptions]
  if (isNew) return [{ type: 'thread.created', thread }, ...said, streamOptions]
  if (instead) return [streamOptions, { type: 'thread.item.removed', item_id: instead }, ...said]
  return [...said, streamOptions, ...before]
}

const streamEvents = (c: Context<ApiEnv>, events: ChatKitEvent[]) =>
  c.body(events.map(chatKitFrame).join(''), 200, eventStreamHeaders)
