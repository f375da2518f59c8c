import { createRoute, z } from '@hono/zod-openapi'
import { wholeNumber } from '../wire/number.ts'
import { messageText } from './chat-contract.ts'
import { answer, eventStream, ofIdentified, problem, problems, requiredBody } from './contract.ts'
import { turnSchema } from './turn-schema.ts'

const tags = ['Turns']
const problemsOfTurn = { ...problems, 404: problem('The user has no such turn', 'turn_not_found') }

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
    404: problem('The user has no such conversation', 'conversation_not_found'),
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
    200: eventStream('The events', 'TurnEvent'),
    ...problemsOfTurn,
  },
})

export const cancel = createRoute({
  method: 'put',
  path: '/api/{user_id}/turns/{id}/cancellation',
  tags,
  summary: 'Stop a turn, or withdraw one that waits',
  description:
    'Idempotent. The text so far is kept. 202 when another instance runs the turn and will stop it within a second.',
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
    409: problem('It does not wait any more', 'conflict'),
  },
})
