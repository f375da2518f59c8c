import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { describe, expect, test } from 'vitest'
import { noPgbouncer, startPgbouncer } from '../support/pgbouncer.ts'
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts'
import { startServerProcess } from '../support/server.ts'
import { brokenPromises } from './kept-promises.ts'
import { Load } from './load.ts'

if (noPgbouncer) console.log(`Skipped in part: ${noPgbouncer}`)

const outageMs = 10_000
const timeout = 180_000
const settings = { OFFLINE_DELAY_MS: '5', LOG_LEVEL: 'info' }

describe('Postgres stops for 10 s under load and starts again', () => {
  test('nothing accepted is lost, no answer is wrong, and the server recovers by itself', {
    timeout,
  }, async () => {
    await using cluster = await startPostgresServer(['fsync=on'])
    const url = await createDatabase(cluster.url)
    await survivesOutage(cluster, { url, directUrl: url, signal: 'SIGQUIT' })
  })

  test.skipIf(noPgbouncer)('nor through PgBouncer in transaction mode', { timeout }, async () => {
    await using cluster = await startPostgresServer(['fsync=on'])
    const directUrl = await createDatabase(cluster.url)
    await using pgbouncer = await startPgbouncer(cluster.url)
    await survivesOutage(cluster, { url: pgbouncer.through(directUrl), directUrl, signal: 'SIGINT' })
  })
})

/** `signal`: in order, or as in a crash. */
async function survivesOutage(
  cluster: PostgresServer,
  { url, directUrl, signal }: { url: string; directUrl: string; signal: 'SIGINT' | 'SIGQUIT' },
): Promise<void> {
  const place = { environment: { DATABASE_URL: url }, [Symbol.asyncDispose]: async () => {} }
  await using server = await startServerProcess(place, settings)
  const load = new Load(server.url, 'outage', 8)
  await toldMore(load, 20)

  await cluster.stop(signal)
  // Those who talk may all be waiting for answers under way; this one is refused.
  load.join()
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503)
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  await pause(outageMs)
  const toldBefore = load.told.length
  await cluster.start()
  const startedAt = performance.now()
  await toldMore(load, toldBefore + 20)
  const recoveredMs = performance.now() - startedAt
  await load.end()

  // Need refusals for the outage to mean anything: each is clear, soon, and says when to come back.
  expect(load.refusals.length).toBeGreaterThan(0)
  expect(load.refusals.filter(each => each.status !== 503 || each.code !== 'database_unavailable')).toEqual(
    [],
  )
  expect(load.refusals.filter(each => !Number(each.retryAfter) || each.ms > 20_000)).toEqual([])
  expect(await brokenPromises(directUrl, load)).toEqual([])
  expect(recoveredMs).toBeLessThan(20_000)
  console.log(
    `${load.told.length} answers, ${load.refusals.length} refusals, recovered after ${Math.round(recoveredMs)} ms`,
  )
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
}

async function toldMore(load: Load, count: number): Promise<void> {
  while (load.told.length < count && load.wrong.length === 0) await pause(20)
}

async function createDatabase(server: string): Promise<string> {
  const admin = postgres(`${server}/postgres`, { max: 1, onnotice: () => {} })
  await admin.unsafe('create database colloquy')
  await admin.end()
  return `${server}/colloquy`
}
