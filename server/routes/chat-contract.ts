import { createRoute, z } from '@hono/zod-openapi'
import { isBlank, storableText } from '../wire/text.ts'
import { answer, eventStream, json, ofUser, problem, problems, requiredBody, uuid } from './contract.ts'
import { outcomeSchema, pendingSchema } from './turn-schema.ts'

/** In Unicode code points. */
export const maxMessageLength = 5000

/** A message's text; exceeding the maximum length is a separate error. */
export const messageText = storableText()
  .transform(text => text.trim())
  .refine(text => !isBlank(text), 'must not be blank')
  .openapi({ type: 'string', minLength: 1, maxLength: maxMessageLength })

const chatBody = z
  .object({
    message: messageText,
    conversation_id: uuid.nullish().describe('The conversation; a new one when absent'),
    if_busy: z
      .enum(['enqueue', 'reject', 'interrupt'])
      .default('enqueue')
      .describe('When a turn is running: wait behind it, get a 409, or stop it and take its place'),
  })
  .openapi('ChatRequest', { example: { message: 'Add a task to buy groceries' } })

export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 printable ASCII characters')

/** Request headers that affect a turn, besides its body. */
export const turnHeaders = z.object({
  'idempotency-key': idempotencyKey
    .optional()
    .describe('The same key and body again is the same turn, for 48 hours'),
  'x-time-zone': z
    .string()
    .optional()
    .describe('An IANA name; what "tomorrow" means. From the settings, or else UTC, when absent'),
})

export const answerOrEvents = {
  description: 'The answer, or the events that lead to it',
  content: { ...json(outcomeSchema), ...eventStream('', 'TurnEvent').content },
}

export const chat = createRoute({
  method: 'post',
  path: '/api/{user_id}/chat',
  tags: ['Chat'],
  summary: 'Say something and get the answer',
  description:
    'With `Accept: text/event-stream` the same turn comes as events, the last of which is the answer.',
  request: { params: ofUser, headers: turnHeaders, body: requiredBody(chatBody) },
  responses: {
    200: answerOrEvents,
    202: answer('The turn goes on; see Location', pendingSchema),
    ...problems,
    400: problem('The request is not valid', 'invalid', 'message_too_long'),
    404: problem('No such conversation', 'conversation_not_found'),
    409: problem('The conversation is busy and if_busy is reject', 'conversation_busy'),
    422: problem('The idempotency key was used for another request'),
    429: problem('A limit; see Retry-After'),
    503: problem('The model or the database is not available'),
    504: problem('The model did not answer in time'),
  },
})
