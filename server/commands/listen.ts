import { createServer, type Server } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { explainListenError } from '../checks/port.ts'
import type { Config } from '../config.ts'
import { CommandError } from './command.ts'
import { drainingOf } from './draining.ts'
import { refuseConnection, refuseRequest, refuseUnreadable } from './refuse-connection.ts'

export type Fetch = (request: Request, bindings: HttpBindings) => Response | Promise<Response>

/** A bound port. Requests wait until `answerWith` supplies their handler. */
export interface Listening extends AsyncDisposable {
  port: number
  answerWith(fetch: Fetch): void
  /** Still accepts requests, each the last on its connection, so that clients move elsewhere by themselves. */
  drain(): void
  stopAccepting(): void
}

const serverOptions = {
  /**
   * Longer than the idle timeout of common load balancers (60 s), which might otherwise use a connection while it
   * closes.
   */
  keepAliveTimeout: 65_000,
  headersTimeout: 20_000,
  /** Time limit for receiving a request; the response may take any time. */
  requestTimeout: 60_000,
  maxHeaderSize: 16_384,
  /** How often the two time limits above are checked. */
  connectionsCheckingInterval: 5_000,
}

/** No browser or proxy sends more; beyond its own limit Node would drop headers silently. */
const maxHeaders = 100

/** `timeouts`: shorter ones, for tests. */
export async function listen(
  config: Config,
  timeouts: Partial<typeof serverOptions> = {},
): Promise<Listening> {
  const application = Promise.withResolvers<Fetch>()
  let answer: Fetch = async (request, bindings) => (await application.promise)(request, bindings)
  const listener = getRequestListener(
    (request, bindings) =>
      // A node:http server has HTTP/1 bindings.
      refuseHeaders(bindings as HttpBindings) ?? answer(request, bindings as HttpBindings),
    // HTTP/1.0 requires no Host, and load balancers use it for health checks.
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

/** Each connection closes after the response it is busy with; after a second the rest are cut. */
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
