import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from './api.ts'
import { turnEventSchema, userEventSchema } from './event-schema.ts'
import { completeDocument, type Document } from './openapi-document.ts'

const description = `A chat backend for AI agents whose only state is Postgres.

Every path under \`/api/{user_id}\` wants a bearer token of that user. Errors are problem details (RFC 9457); programs should
branch on their \`code\`. Lists name further pages in a \`Link\` header (RFC 8288). A post with an \`Idempotency-Key\` can be
sent again. Event streams begin with a snapshot: a client that loses the connection just connects again.`

/** `/openapi.json`: OpenAPI 3.1 of all described routes, from the schemas that validate their requests. */
export function describeApi(app: OpenAPIHono<ApiEnv>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'From GET /api/auth/token, or of an issuer the server trusts',
  })
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'better-auth.session_token',
    description: 'From signing up or in; buys tokens at GET /api/auth/token',
  })
  app.openAPIRegistry.register('TurnEvent', turnEventSchema)
  app.openAPIRegistry.register('UserEvent', userEventSchema)
  let document: object | undefined
  app.get('/openapi.json', c => {
    document ??= documentOf(app)
    return c.json(document)
  })
}

function documentOf(app: OpenAPIHono<ApiEnv>): object {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Colloquy', version: '1', description, license: { name: 'MIT' } },
    security: [{ bearer: [] }],
  })
  const tags = new Set(Object.values(document.paths ?? {}).flatMap(path => tagsOf(path)))
  // The generator's type allows references everywhere, but it only writes references to schemas.
  completeDocument(document as unknown as Document)
  return { ...document, tags: [...tags].map(name => ({ name })) }
}

const tagsOf = (path: object): string[] =>
  Object.values(path).flatMap((operation: { tags?: string[] }) => operation.tags ?? [])
