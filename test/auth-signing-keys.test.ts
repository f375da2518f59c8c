import { expect, test } from 'vitest'
import { prepareSigningKeys, publicKeysOf } from '../server/auth/signing-keys.ts'
import { createTokenVerifier } from '../server/auth/token-verifier.ts'
import { openPostgres } from '../server/db/postgres.ts'
import { createAccountsApp, publicUrl, secret, signUp } from './support/accounts.ts'
import { openTestDatabase } from './support/database.ts'

test('five processes that start at once make one key', async () => {
  await using test = await openTestDatabase()
  const { url } = test
  const databases = Array.from({ length: 5 }, () =>
    url ? openPostgres({ url, poolSize: 1, connectTimeoutSeconds: 10 }) : test.db,
  )
  const prepared = await Promise.all(databases.map(db => prepareSigningKeys(db, { secret })))
  for (const db of databases) if (db !== test.db) await db.close()
  expect(new Set(prepared.map(keys => JSON.stringify(publicKeysOf(keys))))).toHaveLength(1)
  expect(await test.db.query('select from auth.jwks')).toHaveLength(1)
})

test('a token of one process is good at another', async () => {
  await using test = await openTestDatabase()
  const { app } = await createAccountsApp(test.db)
  const { user, token } = await signUp(app)
  const jwks = publicKeysOf(await prepareSigningKeys(test.db, { secret }))
  const other = createTokenVerifier({ secret, publicUrl, jwks, issuers: [] })
  expect((await other.verify(`Bearer ${token}`)).id).toBe(user.id)
})

test('another secret on the same database is named at start, with what to do', async () => {
  await using test = await openTestDatabase()
  await prepareSigningKeys(test.db, { secret })
  const start = prepareSigningKeys(test.db, { secret: 'another secret that is long enough to be one' })
  await expect(start).rejects.toThrow(
    /^The secret is not the one .* set BETTER_AUTH_SECRET .*delete from auth\.jwks$/,
  )
  await expect(prepareSigningKeys(test.db, { secret })).resolves.toHaveLength(1)
})

test('the private key is not readable in the database, and public keys show nothing of it', async () => {
  await using test = await openTestDatabase()
  const keys = await prepareSigningKeys(test.db, { secret })
  const [row] = await test.db.query<{ privateKey: string }>('select "privateKey" from auth.jwks')
  expect(JSON.parse(row?.privateKey ?? '')).toMatch(/^[0-9a-f]+$/)
  expect(Object.keys(publicKeysOf(keys).keys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'x'])
})
