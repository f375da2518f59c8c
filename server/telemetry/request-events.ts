import type { ErrorCode } from '../errors.ts'
import type { Telemetry } from '../telemetry.ts'
import type { Span } from './trace.ts'

interface AnsweredRequest {
  method: string
  /** As it is registered, with the names of its parameters and none of their values. */
  route: string
  status: number
  ms: number
  user_id: string | undefined
}

export function requestAnswered({ log, metrics }: Telemetry, request: AnsweredRequest, span: Span): void {
  const { method, route, status, ms, user_id } = request
  metrics.requests.inc({ method, route, status })
  metrics.requestSeconds.observe({ method, route }, ms / 1000)
  span.set({ 'http.response.status_code': status, 'user.id': user_id })
  span.end(status >= 500 ? String(status) : undefined)
  log.debug({ event: 'request.answered', ...request, ms: Math.round(ms) }, 'request')
}

/** What was the client's doing is counted; what was ours is told, too. */
export function requestRefused(
  { log, metrics }: Telemetry,
  refusal: { code: ErrorCode; isOurs: boolean; user_id: string | undefined },
  error: unknown,
): void {
  const { code, isOurs, user_id } = refusal
  metrics.refusals.inc({ code })
  if (isOurs) log.error({ event: 'request.failed', err: error, code, user_id }, 'request failed')
}
