import { expect, test } from 'vitest'
import { healthRoutes } from '../server/routes/health.ts'
import { openTestDatabase } from './support/database.ts'

test('a server whose database answers is alive and ready', async () => {
  await using database = await openTestDatabase()
  const app = healthRoutes(database.db)
  const alive = await app.request('/healthz')
  expect(alive.status).toBe(200)
  expect(await alive.json()).toEqual({ status: 'ok' })
  const ready = await app.request('/readyz')
  expect(ready.status).toBe(200)
  expect(ready.headers.get('cache-control')).toBe('no-store')
  const { status, checks } = await ready.json()
  expect(status).toBe('ok')
  expect(checks.map((check: { name: string; ok: boolean }) => [check.name, check.ok])).toEqual([
    ['database', true],
    ['schema', true],
    ['roles', true],
    ['row-level security', true],
  ])
})

test('without its database a server is alive and not ready, and says no address', async () => {
  const database = await openTestDatabase()
  const app = healthRoutes(database.db)
  await database[Symbol.asyncDispose]()
  const ready = await app.request('/readyz')
  expect(ready.status).toBe(503)
  expect(ready.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  const body = await ready.text()
  expect(JSON.parse(body)).toMatchObject({ code: 'database_unavailable', status: 503 })
  expect(JSON.parse(body).checks).toMatchObject([{ name: 'database', ok: false }])
  expect(body).not.toMatch(/127\.0\.0\.1|localhost|postgres:/)
  expect((await app.request('/healthz')).status).toBe(200)
})

test('a schema that this code does not fit is not ready', async () => {
  await using database = await openTestDatabase()
  await database.db.query(
    `insert into colloquy.migrations (version, name, min_code) values (9999, 'from-the-future', 9999)`,
  )
  const ready = await healthRoutes(database.db).request('/readyz')
  expect(ready.status).toBe(503)
  expect((await ready.json()).detail).toContain('needs code of at least 9999')
})

test('a table whose row-level security was taken off is not ready', async () => {
  await using database = await openTestDatabase()
  await database.db.script('alter table colloquy.tasks no force row level security')
  const ready = await healthRoutes(database.db).request('/readyz')
  expect(ready.status).toBe(503)
  expect((await ready.json()).detail).toBe('Not forced on colloquy.tasks')
})
