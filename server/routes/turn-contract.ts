import { createRoute, z } from '@hono/zod-openapi'
import { messageText, turnHeaders } from './chat-contract.ts'
import {
  answer,
  ofIdentified,
  optionalBody,
  problem,
  problems,
  requiredBody,
  uuid,
  wholeNumber,
} from './contract.ts'
import { outcomeSchema, pendingSchema, turnSchema } from './turn-schema.ts'

const tags = ['Turns']
const problemsOfTurn = { ...problems, 404: problem('The user has no such turn') }
const busy = problem('The conversation is busy')

export const list = createRoute({
  method: 'get',
  path: '/api/{user_id}/conversations/{id}/turns',
  tags,
  summary: 'List the turns of a conversation, oldest first',
  request: {
    params: ofIdentified,
    query: z.object({
      status: turnSchema.shape.status.optional().describe('`queued`: the messages that wait, in their order'),
      after: wholeNumber(0, 2_147_483_647).default(0).describe('Only numbers above this one'),
      limit: wholeNumber(1, 200).default(50),
    }),
  },
  responses: {
    200: answer('The turns', z.array(turnSchema)),
    ...problems,
    404: problem('The user has no such conversation'),
  },
})

export const read = createRoute({
  method: 'get',
  path: '/api/{user_id}/turns/{id}',
  tags,
  summary: 'Read a turn as it is now',
  request: { params: ofIdentified },
  responses: { 200: answer('The turn', turnSchema), ...problemsOfTurn },
})

export const events = createRoute({
  method: 'get',
  path: '/api/{user_id}/turns/{id}/events',
  tags,
  summary: 'Follow a turn',
  description:
    'Server-Sent Events: a snapshot of the answer so far, then what is added to it, until its end.',
  request: { params: ofIdentified },
  responses: {
    200: { description: 'The events', content: { 'text/event-stream': { schema: z.string() } } },
    ...problemsOfTurn,
  },
})

export const cancel = createRoute({
  method: 'put',
  path: '/api/{user_id}/turns/{id}/cancellation',
  tags,
  summary: 'Stop a turn, or withdraw one that waits',
  description: 'Idempotent. The text so far is kept. 202 while another instance still has to hear of it.',
  request: { params: ofIdentified },
  responses: {
    200: answer('The turn', turnSchema),
    202: answer('It is being stopped', turnSchema),
    ...problemsOfTurn,
  },
})

export const edit = createRoute({
  method: 'put',
  path: '/api/{user_id}/turns/{id}/message',
  tags,
  summary: 'Change a message that waits',
  request: { params: ofIdentified, body: requiredBody(z.object({ message: messageText })) },
  responses: {
    200: answer('The turn', turnSchema),
    ...problemsOfTurn,
    409: problem('It does not wait any more'),
  },
})

export const versions = createRoute({
  method: 'get',
  path: '/api/{user_id}/turns/{id}/versions',
  tags,
  summary: 'List the versions of a turn, oldest first',
  request: { params: ofIdentified },
  responses: { 200: answer('All turns with the same parent', z.array(turnSchema)), ...problemsOfTurn },
})

export const addVersion = createRoute({
  method: 'post',
  path: '/api/{user_id}/turns/{id}/versions',
  tags,
  summary: 'Answer again, or edit the message and send it again',
  description:
    'What followed the turn is kept as the other version. Without `message` the same message is answered again.',
  request: {
    params: ofIdentified,
    headers: turnHeaders,
    body: optionalBody(z.object({ message: messageText.optional() })),
  },
  responses: {
    200: answer('The answer', outcomeSchema),
    202: answer('The turn goes on; see Location', pendingSchema),
    ...problemsOfTurn,
    409: busy,
    422: problem('The idempotency key was used for another request'),
    503: problem('The model or the database is not available'),
    504: problem('The model did not answer in time'),
  },
})

export const switchHead = createRoute({
  method: 'put',
  path: '/api/{user_id}/conversations/{id}/head',
  tags,
  summary: 'Read another version',
  description: 'The conversation then goes up to the newest turn that followed the given one.',
  request: { params: ofIdentified, body: requiredBody(z.object({ turn_id: uuid })) },
  responses: {
    200: answer('Where it ends now', z.object({ head_turn_id: z.uuid() })),
    ...problems,
    404: problem('The user has no such conversation or turn'),
    409: busy,
  },
})
