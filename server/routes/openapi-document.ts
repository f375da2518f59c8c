import { AppError, type ErrorCode, statusOf, titleOf } from '../errors.ts'
import { problemOf } from '../wire/problem.ts'
import { resolve, type Schema, type Schemas, sampleOf } from './openapi-sample.ts'

/**
 * Adds what contracts need not repeat: each error's codes with an example of each, examples of everything else, ids.
 */

interface Media {
  schema?: Schema
  example?: unknown
  examples?: Record<string, { value: unknown }>
  'x-event-schema'?: Schema
}

interface Answer {
  description: string
  content?: Record<string, Media>
  'x-codes'?: ErrorCode[]
}

export interface Operation {
  operationId?: string
  security?: unknown[]
  parameters?: { name: string; schema: Schema; example?: unknown }[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, Answer>
}

export interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Schemas }
}

/** The error codes of a status whose contract names none. */
const usualCodes: Record<string, ErrorCode[]> = {
  400: ['invalid'],
  401: ['unauthenticated', 'invalid_token', 'token_expired', 'user_erased'],
  403: ['forbidden'],
  408: ['request_timeout'],
  413: ['body_too_large'],
  415: ['unsupported_media_type'],
  422: ['idempotency_mismatch'],
  429: ['rate_limited', 'budget_exceeded'],
  500: ['internal'],
  503: ['agent_unavailable', 'database_unavailable', 'overloaded'],
  504: ['agent_timeout'],
}

/** Codes that any route with a token may answer; the second list applies to routes with a body. */
const anywhere: ErrorCode[] = ['internal', 'database_unavailable']
const withBody: ErrorCode[] = ['request_timeout', 'body_too_large', 'unsupported_media_type']

/** Completes the document in place. */
export function completeDocument({ paths, components: { schemas } }: Document): void {
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      operation.operationId ??= operationIdOf(method, path)
      if (!operation.security) addErrors(operation)
      for (const parameter of operation.parameters ?? [])
        parameter.example ??= sampleOf(parameter.schema, schemas, parameter.name)
      for (const media of mediaOf(operation.requestBody)) giveExample(media, schemas)
      for (const [status, answer] of Object.entries(operation.responses)) {
        giveProblems(status, answer)
        for (const media of mediaOf(answer)) giveExample(media, schemas)
      }
    }
  }
}

const mediaOf = (holder: { content?: Record<string, Media> } | undefined) =>
  Object.values(holder?.content ?? {})

function operationIdOf(method: string, path: string): string {
  const words = path.replace('/api/{user_id}', '').match(/[a-z_-]+/gi) ?? []
  return [method, ...words.flatMap(word => word.split(/[-_]/))]
    .map((word, i) => (i === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('')
}

function addErrors(operation: Operation): void {
  const codes = operation.requestBody ? [...anywhere, ...withBody] : anywhere
  for (const code of codes) {
    operation.responses[statusOf(code)] ??= {
      description: titleOf(code),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      'x-codes': [code],
    }
  }
}

function giveProblems(status: string, answer: Answer): void {
  const media = answer.content?.['application/problem+json']
  if (!media) return
  const codes = answer['x-codes']?.length ? answer['x-codes'] : (usualCodes[status] ?? [])
  answer['x-codes'] = codes
  media.examples ??= Object.fromEntries(
    codes.map(code => [code, { value: problemOf(new AppError(code), '01a2b3c4') }]),
  )
}

function giveExample(media: Media, schemas: Schemas): void {
  if (media.example !== undefined || media.examples || !media.schema) return
  const event = media['x-event-schema']
  media.example = event ? framesOf(event, schemas) : sampleOf(media.schema, schemas)
}

/** One example frame for each kind of event. */
function framesOf(event: Schema, schemas: Schemas): string {
  const { anyOf, oneOf } = resolve(event, schemas)
  const kinds = (oneOf ?? anyOf ?? [event]) as Schema[]
  return kinds
    .map(kind => sampleOf(kind, schemas) as { type: string })
    .map(sample => `event: ${sample.type}\ndata: ${JSON.stringify(sample)}\n\n`)
    .join('')
}
