import type { MiddlewareHandler } from 'hono'
import type { TokenVerifier } from '../auth/token-verifier.ts'
import { AppError } from '../errors.ts'
import type { ApiEnv } from './api.ts'

/** Requires a valid token; for routes that name no user. */
export const requireToken =
  (tokens: TokenVerifier): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    c.set('user', await tokens.verify(c.req.header('authorization')))
    await next()
  }

/** Requires a token of the path's user, `:user_id`; refuses everyone on a path without one. */
export const requireUser =
  (tokens: TokenVerifier): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const user = await tokens.verify(c.req.header('authorization'))
    if (c.req.param('user_id') !== user.id) throw new AppError('forbidden')
    c.set('user', user)
    await next()
  }
