import type { MiddlewareHandler } from 'hono'
import type { Lifetime } from '../context.ts'

/**
 * Counts requests until they are answered (a stream: until it starts), so that a stopping server keeps what they need.
 */
export const countAnswering =
  (lifetime: Lifetime): MiddlewareHandler =>
  async (_c, next) => {
    lifetime.answering += 1
    try {
      await next()
    } finally {
      lifetime.answering -= 1
    }
  }
