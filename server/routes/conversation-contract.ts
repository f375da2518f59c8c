import { createRoute, z } from '@hono/zod-openapi'
import { wholeNumber } from '../wire/number.ts'
import { storableText, textOf } from '../wire/text.ts'
import {
  answer,
  dateTime,
  linkHeader,
  ofIdentified,
  ofUser,
  optionalBody,
  problem,
  problems,
  requiredBody,
} from './contract.ts'

const tags = ['Conversations']

const conversationSchema = z
  .object({
    id: z.uuid(),
    title: z.string(),
    active_turn_id: z.uuid().nullable().describe('The turn that is running'),
    head_turn_id: z.uuid().nullable().describe('The last turn of the version that is shown'),
    archived: z.boolean(),
    created_at: dateTime,
    updated_at: dateTime,
  })
  .openapi('Conversation')

const title = textOf(1, 200).openapi({ type: 'string', minLength: 1, maxLength: 200 })
const one = (description: string) => answer(description, conversationSchema)
const problemsOfOne = {
  ...problems,
  404: problem('The user has no such conversation', 'conversation_not_found'),
}
export const list = createRoute({
  method: 'get',
  path: '/api/{user_id}/conversations',
  tags,
  summary: 'List conversations, newest activity first',
  request: {
    params: ofUser,
    query: z.object({
      q: storableText().max(200).optional().describe('Searches titles and messages'),
      archived: z
        .enum(['true', 'false', 'only'])
        .default('false')
        .describe('Whether archived ones are included, left out, or listed alone'),
      limit: wholeNumber(1, 200).default(50),
      after: z.string().max(200).optional().describe('From the Link header of the page before'),
    }),
  },
  responses: {
    200: { ...answer('This page', z.array(conversationSchema)), headers: linkHeader },
    ...problems,
  },
})

export const create = createRoute({
  method: 'post',
  path: '/api/{user_id}/conversations',
  tags,
  summary: 'Begin an empty conversation',
  request: { params: ofUser, body: optionalBody(z.object({ title: title.default('New conversation') })) },
  responses: { 201: one('The new conversation'), ...problems },
})

export const read = createRoute({
  method: 'get',
  path: '/api/{user_id}/conversations/{id}',
  tags,
  summary: 'Read a conversation',
  request: { params: ofIdentified },
  responses: { 200: one('The conversation'), ...problemsOfOne },
})

export const update = createRoute({
  method: 'patch',
  path: '/api/{user_id}/conversations/{id}',
  tags,
  summary: 'Rename or archive a conversation',
  request: {
    params: ofIdentified,
    body: requiredBody(
      z
        .object({ title: title.optional(), archived: z.boolean().optional() })
        .refine(change => Object.values(change).some(value => value !== undefined), 'must change something'),
    ),
  },
  responses: { 200: one('The changed conversation'), ...problemsOfOne },
})

export const remove = createRoute({
  method: 'delete',
  path: '/api/{user_id}/conversations/{id}',
  tags,
  summary: 'Delete a conversation with all its messages',
  description: 'A turn that is running is stopped.',
  request: { params: ofIdentified },
  responses: { 204: { description: 'It is gone' }, ...problemsOfOne },
})
