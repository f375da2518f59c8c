import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from './api.ts'

/** `/openapi.json`: OpenAPI 3.1 of every described route of the app, from the schemas that check its requests. */
export function describeApi(app: OpenAPIHono<ApiEnv>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'From GET /api/auth/token, or of an issuer the server trusts',
  })
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Colloquy', version: '1', license: { name: 'MIT' } },
    security: [{ bearer: [] }],
  })
}
