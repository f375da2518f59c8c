import type { ErrorCode } from '../errors.ts'
import type { Telemetry } from '../telemetry.ts'
import type { Span } from './trace.ts'

interface AnsweredRequest {
  method: string
  /** The route's pattern, with parameter names instead of their values. */
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

/** Client errors are counted; the server's own are logged, too. */
export function requestRefused(
  { log, metrics }: Telemetry,
  refusal: { code: ErrorCode; isOurs: boolean; user_id: string | undefined },
  error: unknown,
): void {
  const { code, isOurs, user_id } = refusal
  metrics.refusals.inc({ code })
  if (isOurs) log.error({ event: 'request.failed', err: error, code, user_id }, 'request failed')
}
