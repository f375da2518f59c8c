import { createServer, type Server } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { explainListenError } from '../checks/port.ts'
import type { Config } from '../config.ts'
import { CommandError } from './command.ts'
import { drainingOf } from './draining.ts'
import { refuseConnection, refuseRequest, refuseUnreadable } from './refuse-connection.ts'

export type Fetch = (request: Request, bindings: HttpBindings) => Response | Promise<Response>

/** A port that is taken. Requests wait until `answerWith` says who answers them. */
export interface Listening extends AsyncDisposable {
  port: number
  answerWith(fetch: Fetch): void
  /** Takes requests still, each the last of its connection, so that clients go elsewhere by themselves. */
  drain(): void
  stopAccepting(): void
}

const serverOptions = {
  /** Longer than the idle time of common load balancers (60 s), or they meet connections that are just being closed. */
  keepAliveTimeout: 65_000,
  headersTimeout: 20_000,
  /** For a whole request to arrive; an answer may take as long as it wants. */
  requestTimeout: 60_000,
  maxHeaderSize: 16_384,
  /** How often the two are looked at. */
  connectionsCheckingInterval: 5_000,
}

/** More than these is no browser and no proxy; Node would drop what is beyond its own limit without a word. */
const maxHeaders = 100

/** `timeouts` are for tests, which do not wait so long. */
export async function listen(
  config: Config,
  timeouts: Partial<typeof serverOptions> = {},
): Promise<Listening> {
  const application = Promise.withResolvers<Fetch>()
  let answer: Fetch = async (request, bindings) => (await application.promise)(request, bindings)
  const listener = getRequestListener(
    (request, bindings) =>
      // A server of node:http has HTTP/1 bindings.
      refuseHeaders(bindings as HttpBindings) ?? answer(request, bindings as HttpBindings),
    // HTTP/1.0 needs no Host, and load balancers ask so whether a server is there.
    { hostname: 'localhost', errorHandler: refuseUnreadable },
  )
  const server = createServer({ ...serverOptions, ...timeouts }, listener)
  server.on('clientError', refuseConnection)
  server.maxConnections = config.maxConnections
  const draining = drainingOf(server)
  const port = await bind(server, config)
  return {
    port,
    answerWith: fetch => {
      answer = fetch
      application.resolve(fetch)
    },
    drain: draining.begin,
    stopAccepting: () => {
      draining.begin()
      server.close()
    },
    [Symbol.asyncDispose]: () => closeConnections(server),
  }
}

const refuseHeaders = ({ incoming }: HttpBindings) =>
  incoming.rawHeaders.length > 2 * maxHeaders ? refuseRequest('head_too_large') : undefined

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
