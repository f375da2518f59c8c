import type { MiddlewareHandler } from 'hono'
import type { TokenVerifier } from '../auth/token-verifier.ts'
import { AppError, statusOf } from '../errors.ts'
import { problemResponse } from '../wire/problem.ts'
import { type ApiEnv, createApi } from './api.ts'
import { protectedResource } from './mcp-contract.ts'

/** Metadata telling a client without a token where to get one: RFC 9728, and RFC 6750 for the challenge. */

interface ProtectedResource {
  publicUrl: string
  /** The path of the resource. */
  path: string
  /** Outside issuers whose tokens are accepted. The server's own tokens come from its accounts, not from OAuth. */
  issuers: readonly string[]
}

const wellKnown = '/.well-known/oauth-protected-resource'

/** Public, also for other origins: it says nothing about any user. */
export function protectedResourceRoutes({ publicUrl, path, issuers }: ProtectedResource) {
  const api = createApi()
  const metadata = {
    resource: `${publicUrl}${path}`,
    resource_name: 'Colloquy',
    resource_documentation: `${publicUrl}/docs`,
    bearer_methods_supported: ['header'],
    ...(issuers.length > 0 && { authorization_servers: issuers }),
  }
  const headers = { 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=300' }
  api.openAPIRegistry.registerPath(protectedResource)
  // The suffixed form belongs to the resource; clients that cannot build it ask at the root.
  for (const place of [wellKnown, `${wellKnown}${path}`]) api.get(place, c => c.json(metadata, 200, headers))
  return api
}

/** Like requireToken, with a challenge that points to the metadata. */
export function requireTokenFor(
  tokens: TokenVerifier,
  { publicUrl, path }: Pick<ProtectedResource, 'publicUrl' | 'path'>,
): MiddlewareHandler<ApiEnv> {
  const metadata = `resource_metadata="${publicUrl}${wellKnown}${path}"`
  return async (c, next) => {
    try {
      c.set('user', await tokens.verify(c.req.header('authorization')))
    } catch (error) {
      if (!(error instanceof AppError) || statusOf(error.code) !== 401) throw error
      const answer = problemResponse(error, c.var.requestId)
      const fault = error.code === 'unauthenticated' ? '' : 'error="invalid_token", '
      answer.headers.set('www-authenticate', `Bearer ${fault}${metadata}`)
      return answer
    }
    return next()
  }
}
