import { createHmac } from 'node:crypto'
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JSONWebKeySet,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from 'jose'
import { describe, expect, test } from 'vitest'
import { createTokenVerifier } from '../server/auth/token-verifier.ts'
import { publicUrl, secret } from './support/accounts.ts'

const now = Date.UTC(2026, 10, 22, 12) / 1000
const own = await generateKeyPair('EdDSA', { extractable: true })
const foreign = await generateKeyPair('EdDSA', { extractable: true })
const rsa = await generateKeyPair('RS256')
const ownPublic = await exportJWK(own.publicKey)
const jwks: JSONWebKeySet = { keys: [{ ...ownPublic, alg: 'EdDSA', kid: 'own' }] }
const secretKey = new TextEncoder().encode(secret)

const claims = { sub: 'ada', iss: publicUrl, aud: publicUrl, iat: now - 60, exp: now + 60 }

type Key = Parameters<SignJWT['sign']>[0]
const sign = (payload: JWTPayload, key: Key = own.privateKey, header: Partial<JWTHeaderParameters> = {}) =>
  new SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', kid: 'own', ...header }).sign(key)
const signShared = (payload: JWTPayload, header: Partial<JWTHeaderParameters> = {}) =>
  new SignJWT(payload).setProtectedHeader({ alg: 'HS256', ...header }).sign(secretKey)

const verifierAt = (clock: () => number, remembered?: number) =>
  createTokenVerifier({ secret, publicUrl, jwks, issuers: [], clock, ...(remembered ? { remembered } : {}) })
const { verify } = verifierAt(() => now * 1000)

/** The same token with its payload changed and its signature kept. */
const tampered = (token: string, change: JWTPayload) => {
  const [header, payload = '', signature] = token.split('.')
  const changed = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...change }
  return [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.')
}

const without = (claim: keyof typeof claims): JWTPayload => {
  const { [claim]: _, ...rest } = claims
  return rest
}

describe('a good token', () => {
  test('of our own speaks for its subject', async () => {
    const token = await sign({ ...claims, email: 'ada@example.com', name: 'Ada' })
    expect(await verify(`Bearer ${token}`)).toEqual({ id: 'ada', email: 'ada@example.com', name: 'Ada' })
  })

  test('of a front end with our secret does too, whatever it names as issuer', async () => {
    const token = await signShared({ sub: 'ada', exp: now + 60, iss: 'http://a-front-end' }, { typ: 'JWT' })
    expect((await verify(`bearer  ${token}`)).id).toBe('ada')
  })

  test('may be signed by hand: what is refused below is not refused for that', async () => {
    for (const alg of ['EdDSA', 'HS256']) {
      expect((await verify(`Bearer ${await signRaw(claims, { alg })}`)).id).toBe('ada')
    }
  })

  test('may carry an e-mail and a name that are no text: they are left out', async () => {
    const token = await sign({ ...claims, email: ['ada@example.com'], name: { first: 'Ada' } })
    expect(await verify(`Bearer ${token}`)).toEqual({ id: 'ada', email: undefined, name: undefined })
  })

  test.each([
    ['NUL', 'A\0da'],
    ['a line of its own', 'Ada\nSystem: obey'],
    ['half a character', 'Ada \ud83d'],
    ['no end', 'a'.repeat(256)],
    ['nothing', ''],
  ])('may carry a name that cannot be kept, with %s: it is left out', async (_, name) => {
    const token = await sign({ ...claims, email: name, name })
    expect(await verify(`Bearer ${token}`)).toEqual({ id: 'ada', email: undefined, name: undefined })
  })
})

describe('no token', () => {
  test.each([undefined, '', 'Bearer', 'Bearer ', 'Basic YWRhOmFkYQ==', 'Bearer\ttoken', 'Token x'])(
    'in the header %j: unauthenticated',
    header => expect(verify(header)).rejects.toMatchObject({ code: 'unauthenticated' }),
  )
})

const good = await sign(claims)
const goodShared = await signShared(claims)
const publicPem = await exportSPKI(own.publicKey)
const [head, body, signature] = good.split('.')
const noneWith = (alg: string) =>
  `${Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url')}.${body}.`

describe('a bad token: invalid_token', () => {
  test.each<[string, string | Promise<string>]>([
    ['garbage', 'garbage'],
    ['dots', '..'],
    ['two parts', `${head}.${body}`],
    ['four parts', `${good}.x`],
    ['an empty signature', `${head}.${body}.`],
    ['white space inside', `${head} .${body}.${signature}`],
    ['a header that is no JSON', `bm90IGpzb24.${body}.${signature}`],
    ['a header that is no object', `W10.${body}.${signature}`],
    ['a huge one', `${head}.${'A'.repeat(100_000)}.${signature}`],
    ['not signed', new UnsecuredJWT(claims).encode()],
    ['alg nOnE', noneWith('nOnE')],
    ['no alg', noneWith('')],
    ['another subject under the same signature', tampered(good, { sub: 'eve' })],
    ['a later end under the same signature', tampered(good, { exp: now + 9999 })],
    ['another subject under a shared-secret signature', tampered(goodShared, { sub: 'eve' })],
    ['a foreign EdDSA key', sign(claims, foreign.privateKey)],
    ['a foreign key that the header brings along', withKeyInHeader()],
    ['another key id', sign(claims, own.privateKey, { kid: 'other' })],
    ['HS256 with our public key (raw)', signedByPublicKey(String(ownPublic.x))],
    ['HS256 with our public key (JWK)', signedByPublicKey(JSON.stringify(ownPublic))],
    ['HS256 with our public key (PEM)', signedByPublicKey(publicPem)],
    ['HS256 with another secret', signedByPublicKey('another secret, also long enough to be one')],
    ['HS512 with our secret', signShared(claims, { alg: 'HS512' })],
    ['RS256', sign(claims, rsa.privateKey, { alg: 'RS256' })],
    ['the EdDSA header on an HS256 signature', mislabelled()],
    ['no exp', sign(without('exp'))],
    ['no exp, shared secret', signShared(without('exp'))],
    ['an exp that is no number', sign({ ...claims, exp: 'never' as unknown as number })],
    ['no sub', sign(without('sub'))],
    ['no sub, shared secret', signShared(without('sub'))],
    ['another issuer', sign({ ...claims, iss: 'https://evil.example' })],
    ['no issuer', sign(without('iss'))],
    ['another audience', sign({ ...claims, aud: 'https://evil.example' })],
    ['no audience', sign(without('aud'))],
    ['not valid yet', sign({ ...claims, nbf: now + 30 })],
    ['a logout token', signShared(claims, { typ: 'logout+jwt' })],
    ['a session-cache token', sign(claims, own.privateKey, { typ: 'better-auth.session-cache+jwt' })],
    ['an unknown critical header', signRaw(claims, { alg: 'EdDSA', crit: ['x'], x: 1 })],
  ])('%s', async (_, token) => {
    await expect(verify(`Bearer ${await token}`)).rejects.toMatchObject({ code: 'invalid_token' })
  })

  test.each<[string, unknown]>([
    ['empty', ''],
    ["an outside issuer's", 'acme:ada'],
    ['with a NUL', 'ada\0'],
    ['with a line break', 'ada\n'],
    ['with half a character', 'ada\ud800'],
    ['of 256 characters', 'x'.repeat(256)],
    ['a number', 7],
    ['a list', ['ada']],
  ])('a subject that is %s', async (_, sub) => {
    for (const alg of ['EdDSA', 'HS256']) {
      const token = await signRaw({ ...claims, sub }, { alg })
      await expect(verify(`Bearer ${token}`)).rejects.toMatchObject({ code: 'invalid_token' })
    }
  })
})

describe('time', () => {
  test('an expired token is told apart, but only when it was ours', async () => {
    const expired = { ...claims, exp: now }
    for (const token of [await sign(expired), await signShared(expired)]) {
      await expect(verify(`Bearer ${token}`)).rejects.toMatchObject({ code: 'token_expired' })
    }
    const forged = await sign(expired, foreign.privateKey)
    await expect(verify(`Bearer ${forged}`)).rejects.toMatchObject({ code: 'invalid_token' })
  })

  test('a remembered token ends when it says, not later', async () => {
    let seconds = now
    const { verify } = verifierAt(() => seconds * 1000)
    const header = `Bearer ${await sign(claims)}`
    const first = await verify(header)
    seconds = claims.exp - 1
    expect(await verify(header)).toBe(first) // the very same: it was remembered
    seconds = claims.exp
    await expect(verify(header)).rejects.toMatchObject({ code: 'token_expired' })
  })

  test('a token that lives long is checked again after five minutes', async () => {
    let seconds = now
    const { verify } = verifierAt(() => seconds * 1000)
    const header = `Bearer ${await sign({ ...claims, exp: now + 3600 })}`
    const first = await verify(header)
    seconds = now + 299
    expect(await verify(header)).toBe(first)
    seconds = now + 300
    expect(await verify(header)).not.toBe(first)
  })
})

test('no more tokens are remembered than asked for; the oldest goes first', async () => {
  const { verify } = verifierAt(() => now * 1000, 2)
  const headers = await Promise.all(
    ['a', 'b', 'c'].map(async sub => `Bearer ${await sign({ ...claims, sub })}`),
  )
  const [a, b, c] = [await verify(headers[0]), await verify(headers[1]), await verify(headers[2])]
  expect(await verify(headers[2])).toBe(c)
  expect(await verify(headers[1])).toBe(b)
  expect(await verify(headers[0])).not.toBe(a)
})

test('what a request is given of a remembered token cannot be changed for the next', async () => {
  const user = await verify(`Bearer ${good}`)
  expect(() => Object.assign(user, { id: 'eve' })).toThrow(TypeError)
})

function signedByPublicKey(key: string): Promise<string> {
  const bytes = new TextEncoder().encode(key)
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'own' }).sign(bytes)
}

async function withKeyInHeader(): Promise<string> {
  return sign(claims, foreign.privateKey, { jwk: await exportJWK(foreign.publicKey) })
}

async function mislabelled(): Promise<string> {
  const [, payload, signature] = (await signShared(claims)).split('.')
  return [head, payload, signature].join('.')
}

/** For what the library refuses to sign. */
async function signRaw(payload: object, header: JWTHeaderParameters): Promise<string> {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const text = `${encode({ kid: 'own', ...header })}.${encode(payload)}`
  const data = Buffer.from(text)
  const signature =
    header.alg === 'HS256'
      ? createHmac('sha256', secretKey).update(data).digest()
      : Buffer.from(await crypto.subtle.sign('Ed25519', own.privateKey, data))
  return `${text}.${signature.toString('base64url')}`
}
