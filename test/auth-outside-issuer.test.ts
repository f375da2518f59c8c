import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { createTokenVerifier } from '../server/auth/token-verifier.ts'
import type { TrustedIssuer } from '../server/config.ts'
import { publicUrl, secret } from './support/accounts.ts'

const rsa = await generateKeyPair('RS256')
const foreign = await generateKeyPair('RS256')
const ed = await generateKeyPair('EdDSA')
const keys = [
  { ...(await exportJWK(rsa.publicKey)), kid: 'rsa' },
  { ...(await exportJWK(ed.publicKey)), kid: 'ed' },
]
const now = Math.floor(Date.now() / 1000)
const claims = { sub: 'auth0|ada', iss: 'https://acme.example/', aud: 'colloquy', exp: now + 600 }

const sign = (payload: JWTPayload, key = rsa.privateKey, header = { alg: 'RS256', kid: 'rsa' }) =>
  new SignJWT(payload).setProtectedHeader(header).sign(key)

/** An issuer's server of keys, which counts how often it is asked. */
async function serveKeys(answer: () => { status: number; body: string }) {
  let asked = 0
  const server = createServer((_, response) => {
    asked += 1
    const { status, body } = answer()
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // A TCP server's address is never a string.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/jwks`,
    asked: () => asked,
    [Symbol.asyncDispose]: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const goodKeys = () => ({ status: 200, body: JSON.stringify({ keys }) })

const acme = (jwksUrl: string): TrustedIssuer => ({
  prefix: 'acme',
  issuer: claims.iss,
  jwksUrl,
  audience: 'colloquy',
  algorithms: ['RS256'],
})

const verifierFor = (...issuers: TrustedIssuer[]) =>
  createTokenVerifier({ secret, publicUrl, jwks: { keys: [] }, issuers })

test("an outside issuer's user is the prefix and the subject, and its keys are asked for once", async () => {
  await using server = await serveKeys(goodKeys)
  const { verify } = verifierFor(acme(server.url))
  const token = await sign({ ...claims, email: 'ada@acme.example' })
  const user = { id: 'acme:auth0|ada', email: 'ada@acme.example', name: undefined }
  expect(await verify(`Bearer ${token}`)).toEqual(user)
  expect((await verify(`Bearer ${await sign({ ...claims, sub: 'a:b' })}`)).id).toBe('acme:a:b')
  expect(server.asked()).toBe(1)
})

test('two issuers with the same subjects have different users', async () => {
  await using server = await serveKeys(goodKeys)
  const other = { ...acme(server.url), prefix: 'other', issuer: 'https://other.example/' }
  const { verify } = verifierFor(acme(server.url), other)
  const ids = []
  for (const iss of [claims.iss, other.issuer])
    ids.push((await verify(`Bearer ${await sign({ ...claims, iss })}`)).id)
  expect(ids).toEqual(['acme:auth0|ada', 'other:auth0|ada'])
})

test('an issuer without an audience of its own is believed for any', async () => {
  await using server = await serveKeys(goodKeys)
  const { verify } = verifierFor({ ...acme(server.url), audience: undefined })
  expect((await verify(`Bearer ${await sign({ ...claims, aud: 'whoever' })}`)).id).toBe('acme:auth0|ada')
})

describe("in an outside issuer's name", () => {
  const { aud: _aud, ...noAudience } = claims
  const { sub: _sub, ...noSubject } = claims
  const { exp: _exp, ...noEnd } = claims
  const shared = new TextEncoder().encode(secret)
  test.each<[string, Promise<string>]>([
    ['our secret does not sign', new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(shared)],
    ['an algorithm it may not use does not count', sign(claims, ed.privateKey, { alg: 'EdDSA', kid: 'ed' })],
    ['another key does not count', sign(claims, foreign.privateKey)],
    ['a key it does not have does not count', sign(claims, rsa.privateKey, { alg: 'RS256', kid: 'gone' })],
    ['another audience is refused', sign({ ...claims, aud: 'someone-else' })],
    ['no audience is refused', sign(noAudience)],
    ['no subject is refused', sign(noSubject)],
    ['an empty subject is refused', sign({ ...claims, sub: '' })],
    ['a subject that is too long with its prefix is refused', sign({ ...claims, sub: 'x'.repeat(251) })],
    ['no end is refused', sign(noEnd)],
  ])('%s', async (_, token) => {
    await using server = await serveKeys(goodKeys)
    const { verify } = verifierFor(acme(server.url))
    await expect(verify(`Bearer ${await token}`)).rejects.toMatchObject({ code: 'invalid_token' })
  })

  test('an expired token says so', async () => {
    await using server = await serveKeys(goodKeys)
    const { verify } = verifierFor(acme(server.url))
    const token = await sign({ ...claims, exp: now - 10 })
    await expect(verify(`Bearer ${token}`)).rejects.toMatchObject({ code: 'token_expired' })
  })
})

test('its key is no key for tokens of our own or of nobody', async () => {
  await using server = await serveKeys(goodKeys)
  const { verify } = verifierFor({ ...acme(server.url), algorithms: ['EdDSA'] })
  for (const iss of [publicUrl, 'https://nobody.example/']) {
    const token = await sign({ ...claims, iss, aud: publicUrl }, ed.privateKey, { alg: 'EdDSA', kid: 'ed' })
    await expect(verify(`Bearer ${token}`)).rejects.toMatchObject({ code: 'invalid_token' })
  }
  expect(server.asked()).toBe(0)
})

describe('keys that cannot be had', () => {
  test.each([
    ['a failing server', { status: 500, body: '{}' }],
    ['a redirect elsewhere', { status: 302, body: '{}' }],
    ['no JSON', { status: 200, body: '<html>' }],
    ['no key set', { status: 200, body: '{"keys": 7}' }],
  ])('%s: refused with the cause for the log, and asked again next time', async (_, answer) => {
    let current = answer
    await using server = await serveKeys(() => current)
    const { verify } = verifierFor(acme(server.url))
    const header = `Bearer ${await sign(claims)}`
    await expect(verify(header)).rejects.toMatchObject({ code: 'invalid_token', cause: expect.any(Error) })
    current = goodKeys()
    expect((await verify(header)).id).toBe('acme:auth0|ada')
  })

  test('no server at all', async () => {
    const server = await serveKeys(goodKeys)
    await server[Symbol.asyncDispose]()
    const { verify } = verifierFor(acme(server.url))
    const refused = verify(`Bearer ${await sign(claims)}`)
    await expect(refused).rejects.toMatchObject({ code: 'invalid_token', cause: expect.any(Error) })
  })
})

test.each([
  ['a shared secret', { algorithms: ['RS256', 'HS256'] }, 'algorithms of key pairs'],
  ['no signature', { algorithms: ['none'] }, 'algorithms of key pairs'],
  ['no algorithm', { algorithms: [] }, 'algorithms of key pairs'],
  ['a prefix with a colon', { prefix: 'a:b' }, 'prefix without a colon'],
  ['no prefix', { prefix: '' }, 'prefix without a colon'],
])('an issuer with %s is refused at start', (_, change, message) => {
  expect(() => verifierFor({ ...acme('http://127.0.0.1:1/'), ...change })).toThrow(message)
})
