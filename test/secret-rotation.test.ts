import { expect, test } from 'vitest'
import { freePort } from './support/postgres-server.ts'
import { openPlace, startServerAt, tokenFor } from './support/server.ts'

const before = 'the-secret-before-of-more-than-32-characters'
const after = 'the-secret-after-of-more-than-32-characters'
const person = { email: 'ann@example.com', password: 'correct horse battery', name: 'Ann' }

interface Session {
  userId: string
  cookie: string
  /** As a client without cookies keeps it. */
  sessionToken: string
}

async function signUp(url: string): Promise<Session> {
  const answer = await fetch(`${url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify(person),
  })
  const { user } = await answer.json()
  const cookie = answer.headers
    .getSetCookie()
    .map(each => each.split(';')[0])
    .join('; ')
  return { userId: user.id, cookie, sessionToken: answer.headers.get('set-auth-token') ?? '' }
}

const mint = async (url: string, headers: Record<string, string>) => {
  const answer = await fetch(`${url}/api/auth/token`, { headers })
  return answer.ok ? String((await answer.json()).token) : answer.status
}

const read = async (url: string, userId: string, token: unknown) =>
  (await fetch(`${url}/api/${userId}/tasks`, { headers: { authorization: `Bearer ${token}` } })).status

/** docs/operations.md, the whole procedure: beside, in front, alone. */
test('a secret is replaced by another while sessions, tokens and keys stay good', async () => {
  await using place = await openPlace()
  const PORT = String(await freePort())
  const start = (secret: string, old = '') =>
    startServerAt(place, { PORT, BETTER_AUTH_SECRET: secret, BETTER_AUTH_SECRET_OLD: old })

  const first = await start(before)
  const ann = await signUp(first.url)
  expect(ann.sessionToken).toContain('.')
  const jwt = await mint(first.url, { cookie: ann.cookie })
  expect(await read(first.url, ann.userId, jwt)).toBe(200)
  await first[Symbol.asyncDispose]()

  const beside = await start(before, after)
  expect(await read(beside.url, 'dev', await tokenFor('dev', after))).toBe(200)
  expect(await read(beside.url, ann.userId, jwt)).toBe(200)
  await beside[Symbol.asyncDispose]()

  const inFront = await start(after, before)
  expect(await read(inFront.url, ann.userId, jwt)).toBe(200)
  expect(await read(inFront.url, 'dev', await tokenFor('dev', before))).toBe(200)
  expect(await read(inFront.url, 'dev', await tokenFor('dev', after))).toBe(200)
  expect(await read(inFront.url, 'dev', await tokenFor('dev', 'x'.repeat(40)))).toBe(401)
  const [byCookie, byToken] = [
    await mint(inFront.url, { cookie: ann.cookie }),
    await mint(inFront.url, { authorization: `Bearer ${ann.sessionToken}` }),
  ]
  expect([
    await read(inFront.url, ann.userId, byCookie),
    await read(inFront.url, ann.userId, byToken),
  ]).toEqual([200, 200])
  const forged = ann.cookie.replace(/=([^.%]+)/, '=forged')
  expect(await mint(inFront.url, { cookie: forged })).toBe(401)
  const signedIn = await fetch(`${inFront.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: inFront.url },
    body: JSON.stringify(person),
  })
  const renewed = signedIn.headers
    .getSetCookie()
    .map(each => each.split(';')[0])
    .join('; ')
  await inFront[Symbol.asyncDispose]()

  await using alone = await start(after)
  expect(await read(alone.url, ann.userId, byCookie)).toBe(200)
  expect(await read(alone.url, ann.userId, jwt)).toBe(200)
  expect(typeof (await mint(alone.url, { cookie: renewed }))).toBe('string')
  expect(await mint(alone.url, { cookie: ann.cookie })).toBe(401)
  expect(await read(alone.url, 'dev', await tokenFor('dev', before))).toBe(401)
  expect(await read(alone.url, 'dev', await tokenFor('dev', after))).toBe(200)
})

test('a secret that nobody knows any more is said so at start', async () => {
  await using place = await openPlace()
  await (await startServerAt(place, { BETTER_AUTH_SECRET: before }))[Symbol.asyncDispose]()
  await expect(startServerAt(place, { BETTER_AUTH_SECRET: after })).rejects.toThrow(/BETTER_AUTH_SECRET_OLD/)
})
