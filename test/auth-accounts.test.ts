import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../server/db/database.ts'
import { ada, cookiesOf, createAccountsApp, get, post, publicUrl, signUp } from './support/accounts.ts'
import { openTestDatabase, type TestDatabase } from './support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(async () => {
  await database.db.query('delete from auth."user"')
})

describe('a person', () => {
  test('signs up, gets a token, and is let in with it', async () => {
    const { app } = await createAccountsApp(database.db)
    const { user, token } = await signUp(app)
    expect(user).toMatchObject({ email: 'ada@example.com', name: 'Ada' })
    expect(user.id).toMatch(/^[A-Za-z0-9]{20,}$/)

    const answer = await get(app, `/api/${user.id}/whoami`, { authorization: `Bearer ${token}` })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ id: user.id, email: 'ada@example.com', name: 'Ada' })
  })

  test('gets tokens that are EdDSA, live 15 minutes at most and say no more than they need', async () => {
    const { app } = await createAccountsApp(database.db)
    const { user, token } = await signUp(app)
    const { kid, ...header } = decodeProtectedHeader(token)
    const { iat = 0, exp = 0, ...claims } = decodeJwt(token)
    expect(header).toEqual({ alg: 'EdDSA' })
    expect(exp - iat).toBe(900)
    expect(claims).toEqual({
      sub: user.id,
      iss: publicUrl,
      aud: publicUrl,
      email: 'ada@example.com',
      name: 'Ada',
    })

    const { keys } = await (await get(app, '/api/auth/jwks')).json()
    expect(keys).toEqual([{ kid, kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', x: expect.any(String) }])
  })

  test('holds a session cookie that scripts cannot read, and over https only where there is https', async () => {
    const { app } = await createAccountsApp(database.db)
    const [plain] = (await post(app, '/sign-up/email', ada)).headers.getSetCookie()
    expect(plain).toMatch(/^better-auth\.session_token=.*HttpOnly/)
    expect(plain).toContain('SameSite=Lax')
    expect(plain).not.toContain('Secure')

    const secure = await createAccountsApp(database.db, { publicUrl: 'https://chat.example.com' })
    const [cookie] = (await post(secure.app, '/sign-in/email', ada)).headers.getSetCookie()
    expect(cookie).toMatch(/^__Secure-better-auth\.session_token=.*HttpOnly; Secure/)
  })

  test('signs out: the session is over', async () => {
    const { app } = await createAccountsApp(database.db)
    const { cookie } = await signUp(app)
    expect((await post(app, '/sign-out', {}, { cookie, origin: publicUrl })).status).toBe(200)
    expect((await get(app, '/api/auth/token', { cookie })).status).toBe(401)
    expect(await database.db.query('select from auth.session')).toEqual([])
  })

  test('signs in again, with the right password only', async () => {
    const { app } = await createAccountsApp(database.db)
    const { user } = await signUp(app)
    const wrong = await post(app, '/sign-in/email', { ...ada, password: 'incorrect horse' })
    expect(wrong.status).toBe(401)
    const unknown = await post(app, '/sign-in/email', { ...ada, email: 'bob@example.com' })
    expect([unknown.status, await unknown.json()]).toEqual([401, await wrong.json()])

    const right = await post(app, '/sign-in/email', ada)
    expect(right.status).toBe(200)
    const session = await (await get(app, '/api/auth/get-session', { cookie: cookiesOf(right) })).json()
    expect(session.user.id).toBe(user.id)
  })

  test('may hold the session as a bearer token instead of a cookie', async () => {
    const { app } = await createAccountsApp(database.db)
    const { user, sessionToken } = await signUp(app)
    const answer = await get(app, '/api/auth/token', { authorization: `Bearer ${sessionToken}` })
    expect(decodeJwt((await answer.json()).token).sub).toBe(user.id)
  })

  test('changes the password, and the other sessions end', async () => {
    const { app } = await createAccountsApp(database.db)
    const { cookie } = await signUp(app)
    const other = cookiesOf(await post(app, '/sign-in/email', ada))
    const body = {
      currentPassword: ada.password,
      newPassword: 'battery staple',
      revokeOtherSessions: true,
    }
    expect((await post(app, '/change-password', body, { cookie, origin: publicUrl })).status).toBe(200)
    expect((await get(app, '/api/auth/token', { cookie: other })).status).toBe(401)
    expect((await post(app, '/sign-in/email', ada)).status).toBe(401)
    expect((await post(app, '/sign-in/email', { ...ada, password: 'battery staple' })).status).toBe(200)
  })

  test('is refused where the path names someone else', async () => {
    const { app } = await createAccountsApp(database.db)
    const { token } = await signUp(app)
    const answer = await get(app, '/api/someone-else/whoami', { authorization: `Bearer ${token}` })
    expect(answer.status).toBe(403)
    expect((await answer.json()).code).toBe('forbidden')
  })
})

test.each([
  [[], '127.0.0.1'],
  [['127.0.0.0/8'], '192.0.2.7'],
])(
  'over HTTP, with the proxies %j trusted, a session is of the client at %s',
  async (trustedProxies, client) => {
    const { app } = await createAccountsApp(database.db, { trustedProxies })
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
    await once(server, 'listening')
    // A TCP server's address is never a string.
    const { port } = server.address() as AddressInfo
    const answer = await fetch(`http://127.0.0.1:${port}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': '203.0.113.9, 192.0.2.7',
        origin: publicUrl, // Node sends some Sec-Fetch headers of a browser, and then this one is asked for
      },
      body: JSON.stringify(ada),
    })
    await new Promise(resolve => server.close(resolve))
    expect(answer.status).toBe(200)
    expect(await database.db.query('select "ipAddress" from auth.session')).toEqual([{ ipAddress: client }])
  },
)

test('whatever can be got has a head alone, too', async () => {
  const { app } = await createAccountsApp(database.db)
  const { cookie } = await signUp(app)
  for (const path of ['/jwks', '/token', '/get-session']) {
    const answer = await app.request(`/api/auth${path}`, { method: 'HEAD', headers: { cookie } })
    expect([path, answer.status, await answer.text()]).toEqual([path, 200, ''])
  }
})

describe('a sign-up is refused', () => {
  test.each([
    ['with a password of 7 characters', { password: '1234567' }, 400],
    ['with a password of 73 characters', { password: 'x'.repeat(73) }, 400],
    ['with what is no e-mail address', { email: 'ada' }, 400],
    ['with an address too long for a token', { email: `a@${'b.'.repeat(200)}com` }, 400],
    ['with a name too long for a token', { name: 'a'.repeat(101) }, 400],
    ['with a NUL in the name', { name: 'A\0da' }, 400],
    ['with no body to speak of', { email: undefined, password: undefined }, 400],
  ])('%s', async (_, change, status) => {
    const { app, logged } = await createAccountsApp(database.db)
    const answer = await post(app, '/sign-up/email', { ...ada, ...change })
    expect(answer.status).toBe(status)
    expect(await database.db.query('select from auth."user"')).toEqual([])
    expect(logged).toEqual([])
  })

  test('when the address has an account, also when both come at once', async () => {
    const { app, logged } = await createAccountsApp(database.db)
    const answers = await Promise.all([1, 2, 3].map(() => post(app, '/sign-up/email', ada)))
    expect(answers.map(answer => answer.status).sort()).toEqual([200, 422, 422])
    expect((await post(app, '/sign-up/email', { ...ada, email: 'ADA@example.com' })).status).toBe(422)
    expect(await database.db.query('select from auth."user"')).toHaveLength(1)
    expect(await database.db.query('select from auth.account')).toHaveLength(1)
    expect(logged.join('')).not.toMatch(/params|insert into|ada@example/)
  })

  test('from another origin, and a session cannot be used from there', async () => {
    const { app } = await createAccountsApp(database.db)
    const origin = 'https://evil.example'
    expect((await post(app, '/sign-up/email', ada, { origin })).status).toBe(403)
    const { cookie } = await signUp(app)
    expect((await post(app, '/sign-out', {}, { cookie, origin })).status).toBe(403)
    expect((await post(app, '/sign-out', {}, { cookie })).status).toBe(403)
    expect((await post(app, '/sign-out', {}, { cookie, origin: 'http://localhost:3000' })).status).toBe(200)
  })

  test('when it is larger than any sign-up', async () => {
    const { app } = await createAccountsApp(database.db)
    const answer = await post(app, '/sign-up/email', { ...ada, image: 'x'.repeat(20_000) })
    expect(answer.status).toBe(413)
    expect((await answer.json()).code).toBe('body_too_large')
  })

  test('after too many attempts from one address, whatever the client claims to be', async () => {
    const { app } = await createAccountsApp(database.db, {
      attemptsPerMinute: { ofAddress: 2, ofAccount: 0 },
    })
    const wrong = { ...ada, password: 'incorrect horse' }
    const statuses = []
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) {
      const claims = { 'x-forwarded-for': address, 'x-colloquy-client-address': address }
      statuses.push((await post(app, '/sign-in/email', wrong, claims)).status)
    }
    expect(statuses).toEqual([401, 401, 429])
  })
})

test('a sign-up holds no transaction while it hashes, and one for all it writes', async () => {
  const transactions: string[][] = []
  const recorded: Database = {
    ...database.db,
    transaction: work =>
      database.db.transaction(connection => {
        const statements: string[] = []
        transactions.push(statements)
        return work({
          ...connection,
          values: (text, values) => {
            statements.push(text.split(' ', 1)[0] ?? '')
            return connection.values(text, values)
          },
        })
      }),
  }
  const { app } = await createAccountsApp(recorded)
  transactions.length = 0
  expect((await post(app, '/sign-up/email', ada)).status).toBe(200)
  expect(transactions).toEqual([['select'], ['insert', 'insert', 'insert']])
})

test('an account that cannot be made whole is not made at all', async () => {
  const { app, logged } = await createAccountsApp(database.db)
  await database.db.script(`create function auth.fail() returns trigger language plpgsql as
      $$ begin raise exception 'no room for %', new."userId"; end $$;
    create trigger fail before insert on auth.account for each row execute function auth.fail()`)
  const failed = await post(app, '/sign-up/email', ada)
  await database.db.script('drop trigger fail on auth.account; drop function auth.fail()')
  expect(failed.status).toBe(500)
  expect(await failed.text()).not.toMatch(/no room|insert|password/)
  expect(await database.db.query('select from auth."user"')).toEqual([])
  expect((await post(app, '/sign-up/email', ada)).status).toBe(200)
  expect(logged.join('')).not.toMatch(/correct horse|params/)
})

test('what fails inside reaches neither the client nor, with its values, the log', async () => {
  const { app, logged } = await createAccountsApp(database.db)
  await database.db.script('alter table auth."user" rename to user_gone')
  const answers = [
    await post(app, '/sign-up/email', ada),
    await post(app, '/sign-in/email', ada),
    await get(app, '/api/auth/get-session', { authorization: 'Bearer none' }),
  ]
  await database.db.script('alter table auth.user_gone rename to "user"')
  expect(answers.map(answer => answer.status)).toEqual([500, 500, 200])
  for (const answer of answers) expect(await answer.text()).not.toMatch(/select|user_gone|relation|ada@/)
  expect(logged.join('')).not.toMatch(/ada@example|params|select/)
})
