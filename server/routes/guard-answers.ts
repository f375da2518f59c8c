import type { MiddlewareHandler } from 'hono'
import { guardHeaders } from '../wire/guard-headers.ts'
import type { ApiContext, ApiEnv } from './api.ts'

interface GuardSettings {
  publicUrl: string
  /** Other origins whose pages may call the API from a browser, matched exactly. */
  corsOrigins: readonly string[]
}

const exposed = [
  'Location',
  'Link',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'RateLimit-Policy',
  'RateLimit',
  'Retry-After',
  'X-Request-Id',
  // The session token, for pages that cannot keep its cookie.
  'Set-Auth-Token',
].join(', ')

const preflightSeconds = 600

/**
 * Sets the security headers of every response, streams and errors included, and CORS headers for the listed origins
 * (Fetch Standard, 3.2). A page of another origin gets the same response, which its browser withholds from it.
 */
export function guardAnswers({ publicUrl, corsOrigins }: GuardSettings): MiddlewareHandler<ApiEnv> {
  const isSecure = publicUrl.startsWith('https:')
  const headers = {
    ...guardHeaders,
    ...(isSecure ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  }
  const listed = new Set(corsOrigins)
  return async (c, next) => {
    set(c, headers)
    if (listed.size === 0) return next()
    const origin = c.req.header('origin')
    if (origin === undefined || !listed.has(origin)) {
      set(c, { vary: 'Origin' })
      return next()
    }
    set(c, {
      vary: 'Origin',
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': exposed,
    })
    const method = c.req.header('access-control-request-method')
    if (c.req.method !== 'OPTIONS' || method === undefined) return next()
    set(c, {
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': c.req.header('access-control-request-headers') ?? '',
      'access-control-max-age': String(preflightSeconds),
    })
    return c.body(null, 204)
  }
}

/**
 * Sets the headers on the underlying Node response: streams and errors build a new response above it. A route's own
 * headers replace these.
 */
function set(c: ApiContext, headers: Record<string, string>): void {
  // Absent when the request did not come through a port, as in an evaluation.
  const outgoing = c.env?.outgoing
  for (const [name, value] of Object.entries(headers)) {
    if (outgoing) outgoing.setHeader(name, value)
    else c.header(name, value)
  }
}
