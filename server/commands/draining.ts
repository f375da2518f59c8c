import type { Server, ServerResponse } from 'node:http'

/** Closes a server's connections without interrupting requests that are being sent. */
export interface Draining {
  /** From now on every response is the last on its connection and says so (RFC 9112, section 9.6). */
  begin(): void
}

export function drainingOf(server: Server): Draining {
  const open = new Set<ServerResponse>()
  let isDraining = false
  server.on('request', (_request, response) => {
    if (isDraining) endsConnection(response)
    open.add(response)
    response.once('close', () => open.delete(response))
  })
  return {
    begin: () => {
      isDraining = true
      for (const response of open) endsConnection(response)
    },
  }
}

function endsConnection(response: ServerResponse): void {
  if (!response.headersSent) response.shouldKeepAlive = false
}
