import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { requestAnswered } from '../telemetry/request-events.ts'
import { withinRequest } from '../telemetry/request-scope.ts'
import type { Telemetry } from '../telemetry.ts'
import type { ApiContext, ApiEnv } from './api.ts'

const acceptable = /^[\w.:-]{1,128}$/
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Gives every request an id, the caller's own if it sent one; it appears in the response and in every log line. */
export const identifyRequest =
  (telemetry: Telemetry): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const startedAt = performance.now()
    const given = c.req.header('x-request-id')
    const requestId = given && acceptable.test(given) ? given : randomUUID()
    c.set('requestId', requestId)
    c.set('telemetry', telemetry)
    c.header('x-request-id', requestId)
    const method = methods.has(c.req.method) ? c.req.method : 'OTHER'
    const route = routeOf(c)
    const span = telemetry.tracer.start(`${method} ${route}`, {
      parent: c.req.header('traceparent'),
      kind: 'server',
      attributes: { 'http.request.method': method, 'http.route': route, 'colloquy.request.id': requestId },
    })
    await withinRequest({ requestId, span }, async () => {
      await next()
      const ms = performance.now() - startedAt
      requestAnswered(telemetry, { method, route, status: c.res.status, ms, user_id: c.var.user?.id }, span)
    })
  }

/** Middleware matches path prefixes; the last match is the handler that answers. */
function routeOf(c: ApiContext): string {
  const last = matchedRoutes(c).findLast(({ path }) => !path.endsWith('/*') || path === '/api/auth/*')
  return last?.path ?? 'unmatched'
}
