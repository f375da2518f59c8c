import { AsyncLocalStorage } from 'node:async_hooks'
import type { Span } from './trace.ts'

/** The request that what happens now belongs to: all that asynchronous work inherits, and very little. */
interface RequestScope {
  readonly requestId: string
  readonly span: Span
}

const scope = new AsyncLocalStorage<RequestScope | undefined>()

export const withinRequest = <T>(request: RequestScope, work: () => T): T => scope.run(request, work)

/** What begins here has nothing to do with the request that happened to set it going. */
export const outsideRequests = <T>(work: () => T): T => scope.run(undefined, work)

export const currentSpan = (): Span | undefined => scope.getStore()?.span

/** For every line of the log. */
export function requestIds(): { request_id?: string } {
  const request = scope.getStore()
  return request ? { request_id: request.requestId } : {}
}
