import { type AppError, statusOf, titleOf } from '../errors.ts'
import { rateLimitHeaders } from './rate-limit.ts'

/** An error as sent to clients (RFC 9457), without its cause. */
export function problemOf(error: AppError, requestId?: string) {
  const { retry_after_seconds: _retry, rate_limit: _limit, ...facts } = error.facts
  return {
    type: `urn:colloquy:problem:${error.code}`,
    title: titleOf(error.code),
    status: statusOf(error.code),
    detail: error.message,
    code: error.code,
    ...facts,
    ...(requestId ? { request_id: requestId } : {}),
  }
}

export function problemResponse(error: AppError, requestId?: string): Response {
  const retryAfter = error.facts.retry_after_seconds
  return Response.json(problemOf(error, requestId), {
    status: statusOf(error.code),
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(requestId ? { 'x-request-id': requestId } : {}),
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...rateLimitHeaders(error.facts.rate_limit),
      ...(statusOf(error.code) === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    },
  })
}
