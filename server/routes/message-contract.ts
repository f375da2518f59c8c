import { createRoute, z } from '@hono/zod-openapi'
import { wholeNumber } from '../wire/number.ts'
import { answer, dateTime, linkHeader, ofIdentified, problem, problems } from './contract.ts'
import { feedbackSchema, toolCallSchema } from './turn-schema.ts'

const messageSchema = z
  .object({
    id: z.uuid(),
    turn_id: z.uuid(),
    seq: z.int().describe('Its place in the conversation'),
    role: z.enum(['user', 'assistant']),
    status: z.enum(['awaiting_approval', 'completed', 'failed', 'cancelled']).nullable(),
    content: z.string(),
    tool_calls: z.array(toolCallSchema),
    feedback: feedbackSchema.nullable().describe("The user's feedback, on an answer"),
    created_at: dateTime,
  })
  .openapi('Message')

export const list = createRoute({
  method: 'get',
  path: '/api/{user_id}/conversations/{id}/messages',
  tags: ['Conversations'],
  summary: 'Read messages, oldest first',
  description: 'Without `before` and `after` the newest. `Link` names the pages on both sides.',
  request: {
    params: ofIdentified,
    query: z
      .object({
        limit: wholeNumber(1, 200).default(50),
        before: wholeNumber(1, 2_147_483_647).optional().describe('Only places before this one'),
        after: wholeNumber(0, 2_147_483_647).optional().describe('Only places after this one'),
      })
      .refine(
        query => query.before === undefined || query.after === undefined,
        'before and after exclude each other',
      ),
  },
  responses: {
    200: { ...answer('This page', z.array(messageSchema)), headers: linkHeader },
    ...problems,
    404: problem('The user has no such conversation', 'conversation_not_found'),
  },
})
