import { AsyncLocalStorage } from 'node:async_hooks'
import type { Span } from './trace.ts'

/** The current request, inherited by all asynchronous work: deliberately little. */
interface RequestScope {
  readonly requestId: string
  readonly span: Span
}

const scope = new AsyncLocalStorage<RequestScope | undefined>()

export const withinRequest = <T>(request: RequestScope, work: () => T): T => scope.run(request, work)

/** Runs work that does not belong to the request that triggered it. */
export const outsideRequests = <T>(work: () => T): T => scope.run(undefined, work)

export const currentSpan = (): Span | undefined => scope.getStore()?.span

/** Added to every log line. */
export function requestIds(): { request_id?: string } {
  const request = scope.getStore()
  return request ? { request_id: request.requestId } : {}
}
