import type { MiddlewareHandler } from 'hono'
import type { Lifetime } from '../context.ts'

/** So that a server that stops keeps what its requests need until each has its answer; a stream's has then begun. */
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
