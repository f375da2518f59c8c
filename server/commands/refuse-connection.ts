import type { Duplex } from 'node:stream'
import { AppError, type ErrorCode, statusOf, titleOf } from '../errors.ts'
import { problemOf } from '../wire/problem.ts'

const codes: Record<string, ErrorCode> = {
  HPE_HEADER_OVERFLOW: 'head_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}

/** What is no HTTP, or too much of it, never becomes a request; it is answered like everything else nevertheless. */
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
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
