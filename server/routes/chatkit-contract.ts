import { createRoute, z } from '@hono/zod-openapi'
import { storableText, textOf } from '../wire/text.ts'
import { turnHeaders } from './chat-contract.ts'
import { chatKitAnswers, chatKitRequests, chatKitStream } from './chatkit-examples.ts'
import { problem, problems } from './contract.ts'

/** ChatKit's single endpoint and all its requests: docs/protocols/chatkit.md. */

const id = storableText().min(1).max(255)
const ofThread = z.object({ thread_id: id })
const ofItem = ofThread.extend({ item_id: id })

const page = z.object({
  limit: z.int().min(0).max(200).nullish().describe('0 and null: 20'),
  order: z.enum(['asc', 'desc']).nullish().describe('By default `desc`'),
  after: id.nullish().describe('The last id of the page before'),
})

const input = z.object({
  content: z
    .array(
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('input_text'), text: storableText() }),
        z.object({ type: z.literal('input_tag'), id, text: storableText() }),
      ]),
    )
    .max(1000),
  attachments: z.array(id).max(100).nullish(),
  quoted_text: storableText().nullish(),
  inference_options: z.looseObject({}).nullish(),
})

const action = z.object({ type: id, payload: z.unknown().optional() })
const title = textOf(1, 200).openapi({ type: 'string', minLength: 1, maxLength: 200 })

const request = <Type extends string, Params extends z.ZodType>(type: Type, params: Params) =>
  z.object({ type: z.literal(type), params })

const streaming = [
  request('threads.create', z.object({ input })),
  request('threads.add_user_message', ofThread.extend({ input })),
  request('threads.retry_after_item', ofItem),
  request('threads.custom_action', ofThread.extend({ item_id: id.nullish(), action })),
  request('threads.add_client_tool_output', ofThread),
  request('threads.add_structured_input', ofItem),
] as const

const answered = [
  request('threads.sync_custom_action', ofThread.extend({ item_id: id.nullish(), action })),
  request('threads.get_by_id', ofThread),
  request('threads.list', page),
  request('threads.update', ofThread.extend({ title })),
  request('threads.delete', ofThread),
  request('items.list', ofThread.extend(page.shape)),
  request(
    'items.feedback',
    ofThread.extend({
      item_ids: z.array(id).min(1).max(200),
      kind: z.enum(['positive', 'negative']),
    }),
  ),
  request('attachments.create', z.looseObject({})),
  request('attachments.delete', z.looseObject({})),
  request('input.transcribe', z.looseObject({})),
] as const

const body = z.discriminatedUnion('type', [...streaming, ...answered]).openapi('ChatKitRequest')

export type ChatKitRequest = z.infer<typeof body>
export type StreamingRequest = z.infer<(typeof streaming)[number]>
export type AnsweredRequest = z.infer<(typeof answered)[number]>
export type ChatKitInput = z.infer<typeof input>
export type ChatKitAction = z.infer<typeof action>
export type ItemPageQuery = z.infer<typeof page>

const streamingTypes: ReadonlySet<string> = new Set(streaming.map(each => each.shape.type.value))

/** The request type alone decides whether the response is a stream. */
export const isStreaming = (request: ChatKitRequest): request is StreamingRequest =>
  streamingTypes.has(request.type)

export const chatKit = createRoute({
  method: 'post',
  path: '/chatkit',
  tags: ['ChatKit'],
  summary: 'Any request of the ChatKit protocol',
  description:
    'Requests that make an answer stream it; the others answer JSON. What is not built here (attachments, dictation, client tools) says so.',
  request: {
    headers: turnHeaders,
    body: { required: true, content: { 'application/json': { schema: body, examples: chatKitRequests } } },
  },
  responses: {
    200: {
      description: 'The events of the answer, or what was asked for',
      content: {
        'text/event-stream': { schema: z.string(), example: chatKitStream },
        'application/json': { schema: z.looseObject({}), examples: chatKitAnswers },
      },
    },
    ...problems,
    400: problem('The request is not valid', 'invalid', 'message_too_long'),
    404: problem(
      'The user has no such thread or item',
      'conversation_not_found',
      'turn_not_found',
      'tool_call_not_found',
    ),
    409: problem('The conversation is busy, or has changed meanwhile', 'conversation_busy', 'conflict'),
    422: problem('The idempotency key was used for another request'),
    429: problem('A limit; see Retry-After'),
    503: problem('The database is not available', 'database_unavailable'),
  },
})
