import { createRoute, z } from '@hono/zod-openapi'
import { storableText } from '../wire/text.ts'
import { ofIdentified, ofUser, problem, problems, requiredBody } from './contract.ts'

const tags = ['Your data']

/** RFC 6266. */
const attachment = z.object({ 'Content-Disposition': z.string() })

export const exportUser = createRoute({
  method: 'get',
  path: '/api/{user_id}/export',
  tags,
  summary: 'Export everything that is stored about you',
  description:
    'One JSON document, streamed: the account, and a list of rows for every table that has any of yours. Everything stored ' +
    'when it began is in it; of what happens meanwhile, some is. A document without `finished_at` is not whole.',
  request: { params: ofUser },
  responses: {
    200: {
      description: 'The document',
      content: {
        'application/json': {
          schema: z
            .object({
              format: z.literal('colloquy-export-1'),
              user_id: z.string(),
              begun_at: z.iso.datetime(),
              account: z
                .record(z.string(), z.unknown())
                .nullable()
                .describe("null: an outside issuer's user"),
              finished_at: z.iso.datetime(),
            })
            .catchall(z.array(z.record(z.string(), z.unknown()))),
        },
      },
      headers: attachment,
    },
    ...problems,
  },
})

export const exportConversation = createRoute({
  method: 'get',
  path: '/api/{user_id}/conversations/{id}/export',
  tags,
  summary: 'Export a conversation',
  description:
    'As JSON with all versions of its turns, those not live among them; as Markdown what is read now. Tool calls have their arguments and results.',
  request: {
    params: ofIdentified,
    query: z.object({ format: z.enum(['json', 'markdown']).default('json') }),
  },
  responses: {
    200: {
      description: 'The document, streamed',
      content: {
        'application/json': {
          schema: z.object({
            conversation: z.record(z.string(), z.unknown()),
            turns: z.array(z.record(z.string(), z.unknown())).describe('As in the list of turns'),
          }),
        },
        'text/markdown': { schema: z.string() },
      },
      headers: attachment,
    },
    ...problems,
    404: problem('The user has no such conversation', 'conversation_not_found'),
  },
})

export const erase = createRoute({
  method: 'delete',
  path: '/api/{user_id}',
  tags,
  summary: 'Erase yourself and everything that is stored about you',
  description:
    'For good. From then on no token of yours is accepted, except to ask for this again; what runs is stopped.',
  request: {
    params: ofUser,
    body: requiredBody(
      z.object({ confirm: storableText().max(255).describe('Your e-mail address or your user id, typed') }),
    ),
  },
  responses: {
    204: { description: 'Everything is gone' },
    202: {
      description:
        'No token of yours is accepted any more; there is so much that the rest is erased in the background',
    },
    ...problems,
  },
})
