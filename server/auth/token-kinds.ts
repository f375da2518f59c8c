import { createSecretKey } from 'node:crypto'
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose'
import type { TrustedIssuer } from '../config.ts'
import type { Secrets } from './old-secrets.ts'

/** Tokens of one origin, all signed the same way: any other algorithm in the header is not tried. */
export interface TokenKind {
  /** Prefix of the user ids of an outside issuer. */
  prefix: string | undefined
  verify(token: string, now: Date): Promise<JWTPayload>
}

export interface TokenSources extends Secrets {
  /** The origin that our own tokens name as issuer and audience. */
  publicUrl: string
  /** The public keys of our own tokens. */
  jwks: JSONWebKeySet
  issuers: readonly TrustedIssuer[]
}

/**
 * Determines a token's kind from its unverified claims. That is safe: each kind then verifies the signature with only
 * its own keys and algorithms (RFC 8725, 3.1). Undefined if no kind accepts it; throws if it is not a JWT.
 */
export function recognizeTokens(sources: TokenSources): (token: string) => TokenKind | undefined {
  const own = ownTokens(sources)
  const shared = sharedSecretTokens([sources.secret, ...(sources.oldSecrets ?? [])])
  const outside = new Map(sources.issuers.map(issuer => [issuer.issuer, outsideTokens(issuer)]))
  return token => {
    const { alg, typ } = decodeProtectedHeader(token)
    const { iss } = decodeJwt(token)
    // Logout and session-cache tokens have similar claims but are not meant for an API (RFC 8725, 3.11).
    if (typ !== undefined && !/^(application\/)?(at\+)?jwt$/i.test(typ)) return undefined
    const issuer = iss === undefined ? undefined : outside.get(iss)
    if (issuer) return issuer
    return alg === 'EdDSA' ? own : alg === 'HS256' ? shared : undefined
  }
}

const always = (now: Date): JWTVerifyOptions => ({ requiredClaims: ['exp', 'sub'], currentDate: now })

/** Tokens issued by `GET /api/auth/token`. */
function ownTokens({ jwks, publicUrl }: TokenSources): TokenKind {
  const keys = createLocalJWKSet(jwks)
  const expected = { algorithms: ['EdDSA'], issuer: publicUrl, audience: publicUrl }
  return {
    prefix: undefined,
    verify: async (token, now) => (await jwtVerify(token, keys, { ...expected, ...always(now) })).payload,
  }
}

/** Tokens signed by a front end that has the same Better Auth secret. */
function sharedSecretTokens(secrets: readonly string[]): TokenKind {
  const keys = secrets.map(secret => createSecretKey(Buffer.from(secret)))
  const expected = { algorithms: ['HS256'] }
  return {
    prefix: undefined,
    async verify(token, now) {
      let failure: unknown
      for (const key of keys) {
        try {
          return (await jwtVerify(token, key, { ...expected, ...always(now) })).payload
        } catch (error) {
          if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error
          failure = error
        }
      }
      throw failure
    },
  }
}

const keysStayFreshMs = 3_600_000

function outsideTokens({ prefix, issuer, jwksUrl, audience, algorithms }: TrustedIssuer): TokenKind {
  if (prefix === '' || prefix.includes(':'))
    throw new Error(`The issuer ${issuer} needs a prefix without a colon`)
  if (algorithms.length === 0 || algorithms.some(name => name === 'none' || name.startsWith('HS'))) {
    throw new Error(`The issuer ${issuer} may only sign with algorithms of key pairs`)
  }
  const keys = createRemoteJWKSet(new URL(jwksUrl), { cacheMaxAge: keysStayFreshMs })
  const expected = { algorithms: [...algorithms], issuer, ...(audience === undefined ? {} : { audience }) }
  return {
    prefix,
    verify: async (token, now) => (await jwtVerify(token, keys, { ...expected, ...always(now) })).payload,
  }
}
