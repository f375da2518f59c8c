import { createRoute, z } from '@hono/zod-openapi'
import { wholeNumber } from '../wire/number.ts'
import { turnHeaders } from './chat-contract.ts'
import { answer, clientName, linkHeader, problem, problems, requiredBody } from './contract.ts'
import { turnSchema } from './turn-schema.ts'

/** The AI SDK's protocol, for `useChat` and similar clients: docs/protocols/ai-sdk.md. */

const tags = ['AI SDK']

const uiMessage = z.object({
  id: clientName,
  role: z.enum(['user', 'assistant', 'system']),
  parts: z.array(z.looseObject({ type: z.string() })),
})

const postBody = z
  .object({
    id: clientName.nullish().describe('The conversation, by an id of the client or of ours'),
    trigger: z.enum(['submit-message', 'regenerate-message']).default('submit-message'),
    messageId: clientName.nullish().describe('The message to edit, or to answer again'),
    message: uiMessage.nullish().describe('The newest message'),
    messages: z
      .array(z.unknown())
      .transform(list => list.at(-1))
      .pipe(uiMessage.optional())
      .nullish()
      .openapi({ type: 'array', items: { type: 'object' }, description: 'Only the last is read' }),
    if_busy: z.enum(['enqueue', 'reject', 'interrupt']).default('enqueue'),
  })
  .openapi('UiChatRequest')

export type PostBody = z.infer<typeof postBody>

const ofConversation = z.object({ conversation_id: clientName })
const stream = {
  description: 'The UI message stream of the turn',
  content: { 'text/event-stream': { schema: z.string() } },
}
const problemsOfOne = { ...problems, 404: problem('No such conversation', 'conversation_not_found') }

const posting = {
  method: 'post',
  tags,
  summary: 'Send, edit, regenerate or approve',
  description:
    'A message id that is known already is the same message again: its turn is joined. Of an assistant message only the answers to approval questions are read.',
  responses: {
    200: stream,
    ...problemsOfOne,
    409: problem('The conversation is busy, or has changed meanwhile', 'conversation_busy', 'conflict'),
    422: problem('The idempotency key was used for another request'),
    429: problem('A limit; see Retry-After'),
    503: problem('The database is not available', 'database_unavailable'),
  },
} as const
const postRequest = { headers: turnHeaders, body: requiredBody(postBody) }

export const post = createRoute({ ...posting, path: '/ai-sdk', request: postRequest })

export const postTo = createRoute({
  ...posting,
  path: '/ai-sdk/{conversation_id}',
  request: { ...postRequest, params: ofConversation },
})

export const resume = createRoute({
  method: 'get',
  path: '/ai-sdk/{conversation_id}/stream',
  tags,
  summary: 'Follow the running turn from its start',
  request: { params: ofConversation },
  responses: { 200: stream, 204: { description: 'Nothing runs' }, ...problemsOfOne },
})

export const stop = createRoute({
  method: 'post',
  path: '/ai-sdk/{conversation_id}/stop',
  tags,
  summary: 'Stop the running turn',
  request: { params: ofConversation },
  responses: {
    200: answer('The turn', turnSchema),
    202: answer('It is being stopped', turnSchema),
    204: { description: 'Nothing runs' },
    ...problemsOfOne,
  },
})

export const messages = createRoute({
  method: 'get',
  path: '/ai-sdk/{conversation_id}/messages',
  tags,
  summary: 'Read messages as UIMessage[], oldest first',
  description: 'The newest, or those before a place. `Link` names the page before.',
  request: {
    params: ofConversation,
    query: z.object({
      limit: wholeNumber(1, 200).default(50),
      before: wholeNumber(1, 2_147_483_647).optional().describe('Only places before this `metadata.seq`'),
    }),
  },
  responses: {
    200: {
      ...answer(
        'This page',
        z.array(
          z
            .object({
              id: z.string(),
              role: z.enum(['user', 'assistant']),
              metadata: z.looseObject({}),
              parts: z.array(z.looseObject({ type: z.string() })),
            })
            .openapi('UiMessage'),
        ),
      ),
      headers: linkHeader,
    },
    ...problemsOfOne,
  },
})
