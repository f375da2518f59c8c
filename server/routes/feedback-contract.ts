import { createRoute, z } from '@hono/zod-openapi'
import { textOf } from '../wire/text.ts'
import { answer, ofIdentified, problem, problems, requiredBody } from './contract.ts'
import { feedbackSchema } from './turn-schema.ts'

const tags = ['Turns']
const path = '/api/{user_id}/turns/{id}/feedback'
const problemsOfTurn = { ...problems, 404: problem('The user has no such turn', 'turn_not_found') }
const maxCommentCharacters = 2000

export const put = createRoute({
  method: 'put',
  path,
  tags,
  summary: 'Give feedback on an answer',
  description: 'Replaces earlier feedback on it.',
  request: {
    params: ofIdentified,
    body: requiredBody(
      z.object({
        value: feedbackSchema.shape.value,
        comment: textOf(1, maxCommentCharacters)
          .nullish()
          .openapi({ type: ['string', 'null'], minLength: 1, maxLength: maxCommentCharacters }),
      }),
    ),
  },
  responses: {
    200: answer('The feedback', feedbackSchema),
    ...problemsOfTurn,
    409: problem('It has no answer yet', 'conflict'),
  },
})

export const remove = createRoute({
  method: 'delete',
  path,
  tags,
  summary: 'Remove your feedback on an answer',
  description: 'Idempotent.',
  request: { params: ofIdentified },
  responses: { 204: { description: 'There is none' }, ...problemsOfTurn },
})
