import type { ErrorHandler, NotFoundHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { isDatabaseAway } from '../db/failure.ts'
import { AppError, statusOf } from '../errors.ts'
import { problemResponse } from '../wire/problem.ts'
import type { ApiEnv } from './api.ts'

/** The one place where errors become answers: what is known is said, everything else is only logged. */
export const answerError: ErrorHandler<ApiEnv> = (error, c) => {
  const known = asAppError(error)
  const { requestId, log } = c.var
  if (statusOf(known.code) >= 500)
    log.error({ err: error, request_id: requestId, code: known.code }, 'request failed')
  return problemResponse(known, requestId)
}

export const answerNotFound: NotFoundHandler<ApiEnv> = c =>
  problemResponse(new AppError('not_found', 'There is nothing at this address'), c.var.requestId)

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  // Hono's own: a body that is not JSON.
  if (error instanceof HTTPException && error.status === 400)
    return new AppError('invalid', error.message, { cause: error })
  if (isDatabaseAway(error)) return new AppError('database_unavailable', undefined, { cause: error })
  return new AppError('internal', undefined, { cause: error })
}
