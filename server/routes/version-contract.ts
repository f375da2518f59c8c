import { createRoute, z } from '@hono/zod-openapi'
import { answerOrEvents, messageText, turnHeaders } from './chat-contract.ts'
import { answer, ofIdentified, optionalBody, problem, problems, requiredBody, uuid } from './contract.ts'
import { pendingSchema, turnSchema } from './turn-schema.ts'

const tags = ['Versions']
const problemsOfTurn = { ...problems, 404: problem('The user has no such turn', 'turn_not_found') }
const busy = problem('The conversation is busy', 'conversation_busy')

export const list = createRoute({
  method: 'get',
  path: '/api/{user_id}/turns/{id}/versions',
  tags,
  summary: 'List the versions of a turn, oldest first',
  request: { params: ofIdentified },
  responses: { 200: answer('All turns with the same parent', z.array(turnSchema)), ...problemsOfTurn },
})

export const add = createRoute({
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
    200: answerOrEvents,
    202: answer('The turn goes on; see Location', pendingSchema),
    ...problemsOfTurn,
    409: busy,
    422: problem('The idempotency key was used for another request'),
    429: problem('A limit; see Retry-After'),
    503: problem('The model or the database is not available'),
    504: problem('The model did not answer in time'),
  },
})

export const switchHead = createRoute({
  method: 'put',
  path: '/api/{user_id}/conversations/{id}/head',
  tags,
  summary: 'Switch to another version',
  description: 'The conversation then goes up to the newest turn that followed the given one.',
  request: { params: ofIdentified, body: requiredBody(z.object({ turn_id: uuid })) },
  responses: {
    200: answer('Where it ends now', z.object({ head_turn_id: z.uuid() })),
    ...problems,
    404: problem('The user has no such conversation or turn', 'conversation_not_found', 'turn_not_found'),
    409: busy,
  },
})
