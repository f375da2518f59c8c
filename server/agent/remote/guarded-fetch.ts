import { type LookupAddress, lookup } from 'node:dns'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { Readable } from 'node:stream'
import type { ReadableStream as NodeStream } from 'node:stream/web'
import { isPublicAddress } from './private-addresses.ts'

/** Nothing was sent, so the request has had no effect. */
export class NotReached extends Error {}

export interface Guard {
  allowPrivate: boolean
  /** For a request including its whole response. */
  timeoutMs: number
  maxBytes: number
}

/**
 * `fetch` for URLs that others may choose (against SSRF). The address is checked at connection time, so that a name
 * cannot change its meaning after a check; redirects are returned, not followed. Connections are not reused: if a
 * server has just closed one, it would be unclear whether a request arrived.
 */
export function createGuardedFetch(guard: Guard) {
  return (input: string | URL, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    // A literal address is connected to without a lookup.
    if (!guard.allowPrivate && isIP(host) !== 0 && !isPublicAddress(host))
      return Promise.reject(refused(host))
    return send(url, init, guard)
  }
}

const refused = (host: string) =>
  new NotReached(`${host} is an address of a private network: allow_private lets requests go there`)

function send(url: URL, init: RequestInit, { allowPrivate, timeoutMs, maxBytes }: Guard): Promise<Response> {
  const isSecure = url.protocol === 'https:'
  const limit = AbortSignal.timeout(timeoutMs)
  return new Promise((resolve, reject) => {
    let isConnected = false
    const request = (isSecure ? requestHttps : requestHttp)(url, {
      method: init.method ?? 'GET',
      headers: Object.fromEntries(new Headers(init.headers)),
      signal: init.signal ? AbortSignal.any([init.signal, limit]) : limit,
      agent: false,
      ...(allowPrivate ? {} : { lookup: lookupPublic }),
    })
    request.once('socket', socket =>
      socket.once(isSecure ? 'secureConnect' : 'connect', () => {
        isConnected = true
      }),
    )
    request.once('error', error =>
      reject(isConnected ? error : new NotReached(error.message, { cause: error })),
    )
    request.once('response', answer => resolve(responseOf(answer, maxBytes)))
    request.end(init.body)
  })
}

/** All addresses of a name must be public: a private one means an attack or an internal name. */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    const addresses = found as LookupAddress[] // an array because of `all`
    const [first] = addresses ?? []
    if (error || !first) return callback(error ?? new Error(`${hostname} has no address`), '')
    if (!addresses.every(({ address }) => isPublicAddress(address))) return callback(refused(hostname), '')
    if (options.all) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}

const bodiless = [204, 205, 304]

function responseOf(answer: IncomingMessage, maxBytes: number): Response {
  const status = answer.statusCode ?? 500
  const headers = new Headers()
  for (let i = 0; i < answer.rawHeaders.length; i += 2)
    headers.append(answer.rawHeaders[i] ?? '', answer.rawHeaders[i + 1] ?? '')
  if (bodiless.includes(status)) answer.resume()
  const body = bodiless.includes(status) ? null : Readable.toWeb(Readable.from(bounded(answer, maxBytes)))
  // Node's web stream is the platform's; only the type declarations differ.
  return new Response(body as (NodeStream & ReadableStream) | null, { status, headers })
}

async function* bounded(answer: IncomingMessage, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of answer) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new Error(`The answer is longer than ${maxBytes} bytes`)
    yield chunk
  }
}
