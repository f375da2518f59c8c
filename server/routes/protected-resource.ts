import type { MiddlewareHandler } from 'hono'
import type { TokenVerifier } from '../auth/token-verifier.ts'
import { AppError, statusOf } from '../errors.ts'
import { problemResponse } from '../wire/problem.ts'
import { type ApiEnv, createApi } from './api.ts'
import { protectedResource } from './mcp-contract.ts'

/** What a client without a token is told about where tokens come from: RFC 9728, and RFC 6750 for the challenge. */

interface ProtectedResource {
  publicUrl: string
  /** The resource's own path. */
  path: string
  /** Whose tokens are accepted beside the server's own, which come from its accounts and not from OAuth. */
  issuers: readonly string[]
}

const wellKnown = '/.well-known/oauth-protected-resource'

/** Open to anyone, also from other origins: it says nothing of any user. */
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
  // The suffixed form is the resource's own; clients that cannot build it ask at the root.
  for (const place of [wellKnown, `${wellKnown}${path}`]) api.get(place, c => c.json(metadata, 200, headers))
  return api
}

/** Like requireToken, with a challenge that leads to the metadata. */
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
