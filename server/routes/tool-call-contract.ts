import { createRoute, z } from '@hono/zod-openapi'
import { answer, ofIdentified, problem, problems, requiredBody } from './contract.ts'
import { denialReason } from './give-verdicts.ts'
import { turnSchema } from './turn-schema.ts'

const tags = ['Tool calls']

const verdict = z.object({
  approved: z.boolean(),
  reason: denialReason.describe('Why not: kept as the result of the call, and told to the model'),
})

export const approve = createRoute({
  method: 'put',
  path: '/api/{user_id}/tool-calls/{id}/approval',
  tags,
  summary: 'Allow or refuse what a tool call asks for',
  description:
    'When the last open question is answered the turn goes on, in the same message; follow its events.',
  request: { params: ofIdentified, body: requiredBody(verdict) },
  responses: {
    200: answer('The turn', turnSchema),
    ...problems,
    404: problem('The user has no such tool call', 'tool_call_not_found'),
    409: problem('It does not await approval any more', 'conflict'),
  },
})

export const resolve = createRoute({
  method: 'put',
  path: '/api/{user_id}/tool-calls/{id}/resolution',
  tags,
  summary: 'Settle a tool call whose outcome is unknown',
  description:
    'An external call that was interrupted is never repeated silently. `retry` runs it once more under the same idempotency key.',
  request: {
    params: ofIdentified,
    body: requiredBody(z.object({ resolution: z.enum(['retry', 'mark_done', 'skip']) })),
  },
  responses: {
    200: answer('The turn', turnSchema),
    ...problems,
    404: problem('The user has no such tool call', 'tool_call_not_found'),
    409: problem('Its outcome is not unknown', 'conflict'),
  },
})
