import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import type { Logger } from '../telemetry.ts'
import type { ApiEnv } from './api.ts'

const acceptable = /^[\w.:-]{1,128}$/

/** Every request has an id, the caller's own where it brings one, in the answer and in every line about it. */
export const identifyRequest =
  (log: Logger): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const given = c.req.header('x-request-id')
    const requestId = given && acceptable.test(given) ? given : randomUUID()
    c.set('requestId', requestId)
    c.set('log', log)
    c.header('x-request-id', requestId)
    await next()
    log.debug(
      { request_id: requestId, method: c.req.method, path: c.req.path, status: c.res.status },
      'request',
    )
  }
