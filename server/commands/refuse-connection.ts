import type { Duplex } from 'node:stream'
import { RequestError } from '@hono/node-server'
import { AppError, type ErrorCode, statusOf, titleOf } from '../errors.ts'
import { guardHeaders } from '../wire/guard-headers.ts'
import { problemOf, problemResponse } from '../wire/problem.ts'

const codes: Record<string, ErrorCode> = {
  HPE_HEADER_OVERFLOW: 'head_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}

/** Input that is not HTTP, or too large, never becomes a request; it still gets a response in our usual form. */
export function refuseConnection(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const code = codes[error.code ?? ''] ?? 'invalid'
  const body = JSON.stringify(problemOf(new AppError(code)))
  const head = [
    `HTTP/1.1 ${statusOf(code)} ${titleOf(code)}`,
    'content-type: application/problem+json',
    ...Object.entries(guardHeaders).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/** Refuses a valid HTTP request before it reaches the application. */
export function refuseRequest(code: ErrorCode, detail?: string): Response {
  const answer = problemResponse(new AppError(code, detail))
  for (const [name, value] of Object.entries(guardHeaders)) answer.headers.set(name, value)
  return answer
}

/**
 * A URL that cannot be built from the path and `Host` is the client's fault; the application handles its own errors.
 */
export const refuseUnreadable = (error: unknown): Response =>
  error instanceof RequestError
    ? refuseRequest('invalid', 'The address or the Host header is not valid')
    : refuseRequest('internal')
