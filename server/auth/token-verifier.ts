import { errors, type JWTPayload } from 'jose'
import { AppError } from '../errors.ts'
import type { AuthenticatedUser } from './authenticated-user.ts'
import { recognizeTokens, type TokenKind, type TokenSources } from './token-kinds.ts'
import { VerifiedTokens } from './verified-tokens.ts'

export interface TokenVerifier {
  /**
   * The user of an `Authorization` header. Needs no database, and no signature check for a token seen before. Throws
   * `unauthenticated` without a bearer token, `token_expired`, and `invalid_token` for anything else.
   */
  verify(authorization: string | undefined): Promise<AuthenticatedUser>
}

interface VerifierSettings extends TokenSources {
  /** How many verified tokens are remembered. */
  remembered?: number
  /** Milliseconds since 1970. */
  clock?: () => number
}

const maxTokenCharacters = 8192
/** How long a remembered token stays valid after an outside issuer has withdrawn its key. */
const rememberedForMs = 300_000

export function createTokenVerifier({
  remembered = 10_000,
  clock = Date.now,
  ...sources
}: VerifierSettings): TokenVerifier {
  const recognize = recognizeTokens(sources)
  const verified = new VerifiedTokens(remembered)

  async function verifyAnew(token: string, now: number): Promise<AuthenticatedUser> {
    const kind = recognize(token)
    if (!kind) throw new AppError('invalid_token')
    const claims = await kind.verify(token, new Date(now))
    const user = userOf(claims, kind)
    // jose has rejected tokens whose exp is missing or not a number.
    const expiresAt = Number(claims.exp) * 1000
    verified.keep(token, user, Math.min(expiresAt, now + rememberedForMs))
    return user
  }

  return {
    async verify(authorization) {
      const token = bearerTokenOf(authorization)
      const now = clock()
      return verified.find(token, now) ?? (await verifyAnew(token, now).catch(refuse))
    },
  }
}

/** RFC 6750, 2.1; the scheme is case-insensitive (RFC 9110, 11.1). */
function bearerTokenOf(authorization = ''): string {
  const [, token] = /^bearer +(.+)$/i.exec(authorization) ?? []
  if (!token) throw new AppError('unauthenticated')
  if (token.length > maxTokenCharacters) throw new AppError('invalid_token', 'The token is too long')
  return token
}

function userOf(claims: JWTPayload, { prefix }: TokenKind): AuthenticatedUser {
  const id = prefix === undefined ? claims.sub : `${prefix}:${claims.sub}`
  if (!isUsable(claims.sub) || !isUsable(id)) throw new AppError('invalid_token')
  if (prefix === undefined && id.includes(':')) throw new AppError('invalid_token')
  return Object.freeze({ id, email: textOf(claims.email), name: textOf(claims.name) })
}

/** Storable unchanged: two ids that differ here must not become the same text in the database. */
const isUsable = (claim: unknown): claim is string =>
  typeof claim === 'string' &&
  claim !== '' &&
  claim.length <= 255 &&
  claim.isWellFormed() &&
  !/\p{Cc}/u.test(claim)

/** A claim that is stored with each turn and given to models. */
const textOf = (claim: unknown) => (isUsable(claim) ? claim : undefined)

/**
 * Also refuses when an outside issuer's keys are unavailable: what cannot be verified is not accepted. The cause is
 * logged.
 */
function refuse(cause: unknown): never {
  if (cause instanceof AppError) throw cause
  throw new AppError(cause instanceof errors.JWTExpired ? 'token_expired' : 'invalid_token', undefined, {
    cause,
  })
}
