import type { HttpBindings } from '@hono/node-server'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { z } from 'zod'
import type { AuthenticatedUser } from '../auth/authenticated-user.ts'
import { AppError } from '../errors.ts'
import type { Telemetry } from '../telemetry.ts'

/** What middleware has established by the time a route runs. */
export interface ApiEnv {
  Bindings: HttpBindings
  Variables: {
    requestId: string
    telemetry: Telemetry
    user: AuthenticatedUser
    /** The user's remaining limits, for whichever handler writes the response. */
    rateLimitHeaders?: Record<string, string>
  }
}

export type ApiContext = Context<ApiEnv>

/** A group of routes whose requests are validated against their schemas; a mismatch is answered with one clear 400. */
export const createApi = () =>
  new OpenAPIHono<ApiEnv>({
    defaultHook: result => {
      if (!result.success) throw new AppError('invalid', describe(result.error))
    },
  })

function describe(error: z.core.$ZodError): string {
  return error.issues
    .slice(0, 5)
    .map(issue => `${issue.path.length > 0 ? issue.path.join('.') : 'request'}: ${issue.message}`)
    .join('; ')
}

/** A response that the route's types cannot describe: a stream, or one of several forms. */
export const inAnyForm = (response: Response) => response as never
