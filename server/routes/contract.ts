import { z } from '@hono/zod-openapi'
import type { ErrorCode } from '../errors.ts'
import { storableText } from '../wire/text.ts'

/** Shared by the routes' descriptions. */

/** An id made by a client, or one of ours. */
export const clientName = storableText().min(1).max(255)

/** RFC 9457, with our extension members. */
const problemDetails = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe('For programs to branch on'),
    conversation_id: z.string().optional(),
    turn_id: z.string().optional(),
    request_id: z.string().optional(),
  })
  .openapi('Problem')

/** `codes`: the error codes possible here, if only some of the status's codes are. The document shows each. */
export const problem = (description: string, ...codes: ErrorCode[]) => ({
  description,
  content: { 'application/problem+json': { schema: problemDetails } },
  'x-codes': codes,
})

/** Server-Sent Events; the data of each is one `event`, given by its component's name. */
export const eventStream = (description: string, event: string) => ({
  description,
  content: {
    'text/event-stream': { schema: z.string(), 'x-event-schema': { $ref: `#/components/schemas/${event}` } },
  },
})

/** Error responses of every route under `/api/{user_id}`. */
export const problems = {
  400: problem('The request is not valid'),
  401: problem('No valid token'),
  403: problem("Another user's path"),
}

export const json = <Schema extends z.ZodType>(schema: Schema) => ({ 'application/json': { schema } })

export const requiredBody = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: json(schema),
})

/** A missing body counts as an empty object. */
export const optionalBody = <Schema extends z.ZodType>(schema: Schema) => ({
  required: false,
  content: json(schema),
})

export const answer = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  description,
  content: json(schema),
})

export const uuid = z.uuid('must be a UUID').transform(id => id.toLowerCase())

export const ofUser = z.object({ user_id: z.string() })
export const ofIdentified = ofUser.extend({ id: uuid })

export const dateTime = z.iso.datetime()

/** RFC 8288. */
export const linkHeader = z.object({
  Link: z.string().optional().describe('Further pages; absent where there are none'),
})
