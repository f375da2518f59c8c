import type { Server } from 'node:http'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import { explainListenError } from '../checks/port.ts'
import type { Config } from '../config.ts'
import { CommandError } from './command.ts'
import { refuseConnection } from './refuse-connection.ts'

export type Fetch = (request: Request, bindings: HttpBindings) => Response | Promise<Response>

/** A port that is taken. Requests wait until `answerWith` says who answers them. */
export interface Listening extends AsyncDisposable {
  port: number
  answerWith(fetch: Fetch): void
  stopAccepting(): void
}

const serverOptions = {
  /** Longer than the idle time of common load balancers (60 s), or they meet connections that are just being closed. */
  keepAliveTimeout: 65_000,
  headersTimeout: 20_000,
  /** For a whole request to arrive; an answer may take as long as it wants. */
  requestTimeout: 60_000,
  maxHeaderSize: 16_384,
}

export async function listen(config: Config): Promise<Listening> {
  const application = Promise.withResolvers<Fetch>()
  let answer: Fetch = async (request, bindings) => (await application.promise)(request, bindings)
  // Without TLS options the adapter makes a server of node:http, with HTTP/1 bindings.
  const server = createAdaptorServer({
    fetch: (request, bindings) => answer(request, bindings as HttpBindings),
    serverOptions,
  }) as Server
  server.on('clientError', refuseConnection)
  const port = await bind(server, config)
  return {
    port,
    answerWith: fetch => {
      answer = fetch
      application.resolve(fetch)
    },
    stopAccepting: () => void server.close(),
    [Symbol.asyncDispose]: () => closeConnections(server),
  }
}

function bind(server: Server, config: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', error => {
      const { says, remedy } = explainListenError(error, config)
      reject(new CommandError(`${says}: ${remedy}`))
    })
    server.listen(config.port, config.host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : config.port)
    })
  })
}

/** Each connection ends with the answer it is busy with; after a second the rest is cut. */
async function closeConnections(server: Server): Promise<void> {
  const closed = new Promise<void>(resolve => {
    server.close(() => resolve())
  })
  const sweep = setInterval(() => server.closeIdleConnections(), 20)
  const cut = setTimeout(() => server.closeAllConnections(), 1_000)
  await closed
  clearInterval(sweep)
  clearTimeout(cut)
}
