import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ada, createAccountsApp, post } from './support/accounts.ts'
import { openTestDatabase, type TestDatabase } from './support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
  const { app } = await createAccountsApp(database.db)
  expect((await post(app, '/sign-up/email', ada)).status).toBe(200)
})
afterAll(() => database?.[Symbol.asyncDispose]())
beforeEach(async () => {
  await database.db.query('delete from auth.attempts')
})

/** Two processes on one database. */
async function openBoth(attemptsPerMinute: { ofAddress: number; ofAccount: number }) {
  const apps: Awaited<ReturnType<typeof createAccountsApp>>['app'][] = []
  for (let i = 0; i < 2; i += 1) apps.push((await createAccountsApp(database.db, { attemptsPerMinute })).app)
  let tried = 0
  return (credentials: { email: string; password: string }, path = '/sign-in/email') => {
    tried += 1
    const app = apps[tried % 2]
    if (!app) throw new Error('There are two')
    return post(app, path, credentials)
  }
}

/** A minute that goes on for an hour, so that no test depends on when it runs. */
const stopClock = () => database.db.query(`update auth.attempts set begun_at = now() + interval '1 hour'`)
const letMinutePass = () =>
  database.db.query(`update auth.attempts set begun_at = now() - interval '2 minutes'`)

const wrong = { ...ada, password: 'incorrect horse' }

describe('attempts to sign in', () => {
  test('from one address are counted on all processes together, also with the right password', async () => {
    const attempt = await openBoth({ ofAddress: 3, ofAccount: 0 })
    expect((await attempt(wrong)).status).toBe(401)
    await stopClock()
    expect((await attempt(ada)).status).toBe(200)
    expect((await attempt(wrong)).status).toBe(401)
    const refused = await attempt(ada)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    await letMinutePass()
    expect((await attempt(ada)).status).toBe(200)
  })

  test('into one account are counted from wherever, however its address is written', async () => {
    const attempt = await openBoth({ ofAddress: 0, ofAccount: 2 })
    expect((await attempt(wrong)).status).toBe(401)
    await stopClock()
    expect((await attempt({ ...wrong, email: 'ADA@Example.com' })).status).toBe(401)
    const refused = await attempt(ada)
    expect([refused.status, await refused.json()]).toMatchObject([429, { code: 'TOO_MANY_ATTEMPTS' }])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await attempt({ ...wrong, email: 'bob@example.com' })).status).toBe(401)
    await letMinutePass()
    expect((await attempt(ada)).status).toBe(200)
  })

  test('are refused the same way where there is no such account', async () => {
    const attempt = await openBoth({ ofAddress: 0, ofAccount: 1 })
    const answers = []
    for (const email of [ada.email, 'nobody@example.com']) {
      await attempt({ ...wrong, email })
      await stopClock()
      const { status, headers } = await attempt({ ...wrong, email })
      answers.push({ status, type: headers.get('content-type') })
    }
    expect(answers[0]?.status).toBe(429)
    expect(answers[1]).toEqual(answers[0])
  })

  test('that come at once are no more than those in a row', async () => {
    const attempt = await openBoth({ ofAddress: 0, ofAccount: 3 })
    await attempt(wrong)
    await stopClock()
    const answers = await Promise.all(Array.from({ length: 8 }, () => attempt(wrong)))
    const statuses = answers.map(answer => answer.status).toSorted()
    expect(statuses).toEqual([401, 401, 429, 429, 429, 429, 429, 429])
  })

  test('leave nothing that names who tried', async () => {
    const attempt = await openBoth({ ofAddress: 9, ofAccount: 9 })
    await attempt(wrong)
    const rows = await database.db.query<{ key: string }>('select key from auth.attempts')
    expect(rows.map(({ key }) => key)).toEqual([
      expect.stringMatching(/^[\w-]{43}$/),
      expect.stringMatching(/^[\w-]{43}$/),
    ])
  })

  test('that are no sign-in at all, or name nobody, are refused as they always were', async () => {
    const attempt = await openBoth({ ofAddress: 9, ofAccount: 9 })
    // Not what the library takes for credentials.
    const bodies = [{ email: 5 }, {}, []] as unknown as (typeof ada)[]
    for (const body of bodies) expect((await attempt(body)).status).toBe(400)
  })
})
