import type { IncomingMessage } from 'node:http'
import type { ErrorHandler, Hono, NotFoundHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { databaseUnavailable, isDatabaseAway } from '../db/failure.ts'
import { AppError, statusOf } from '../errors.ts'
import { requestRefused } from '../telemetry/request-events.ts'
import { problemResponse } from '../wire/problem.ts'
import type { ApiEnv } from './api.ts'
import { pageNotFound } from './page.ts'
import type { PageFiles } from './page-files.ts'

/** The only place where errors become responses: known errors are reported, all others only logged. */
export const answerError: ErrorHandler<ApiEnv> = (error, c) => {
  const known = asAppError(error, c.env?.incoming)
  const { requestId, telemetry, user } = c.var
  const { code } = known
  requestRefused(telemetry, { code, isOurs: statusOf(code) >= 500, user_id: user?.id }, error)
  return problemResponse(known, requestId)
}

/** A path that exists answers other methods with those it allows (RFC 9110, section 15.5.6). */
export const answerNotFound =
  (app: Hono<ApiEnv>, files: PageFiles): NotFoundHandler<ApiEnv> =>
  c => {
    const { requestId } = c.var
    const known = methods.filter(method => knows(app, method, c.req.path))
    if (known.length === 0) {
      const nothing = new AppError('not_found', 'There is nothing at this address')
      return pageNotFound(c, files) ?? problemResponse(nothing, requestId)
    }
    const allow = known.flatMap(method => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ')
    const answer = problemResponse(new AppError('method_not_allowed', `Use ${allow}`), requestId)
    answer.headers.set('allow', allow)
    return answer
  }

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Middleware matches every method, so only a handler registered for this method is a route. */
const knows = (app: Hono<ApiEnv>, method: string, path: string) =>
  app.router.match(method, path)[0].some(([[, route]]) => route.method === method)

function asAppError(error: unknown, incoming: IncomingMessage | undefined): AppError {
  if (error instanceof AppError) return error
  // The client disconnected while sending: nobody reads the response, and the server is not at fault.
  if (incoming?.errored && error === incoming.errored)
    return new AppError('invalid', 'The request did not arrive whole', { cause: error })
  // Thrown by Hono: a body that is not JSON.
  if (error instanceof HTTPException && error.status === 400)
    return new AppError('invalid', error.message, { cause: error })
  if (isDatabaseAway(error)) return databaseUnavailable(error)
  return new AppError('internal', undefined, { cause: error })
}
