import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { checkDatabase } from '../../server/checks/database.ts'
import type { Database } from '../../server/db/database.ts'
import { withUser } from '../../server/db/database.ts'
import { migrate } from '../../server/db/migrate.ts'
import { openPostgres, type PostgresOptions } from '../../server/db/postgres.ts'
import { insertTask } from '../../server/store/tasks.ts'
import { createPostgresDatabase } from '../support/database.ts'
import { noPgbouncer, type Pgbouncer, startPgbouncer } from '../support/pgbouncer.ts'
import { clientOf, startServerProcess } from '../support/server.ts'

if (noPgbouncer) console.log(`Skipped: ${noPgbouncer}`)

/** One connection to Postgres for everyone: whoever leaves something on it leaves it to the next. */
describe.skipIf(noPgbouncer)('through PgBouncer in transaction mode', () => {
  let pgbouncer: Pgbouncer
  let url: string
  let drop: () => Promise<void>

  beforeAll(async () => {
    const database = await createPostgresDatabase()
    drop = database.drop
    pgbouncer = await startPgbouncer(inject('template'), 1)
    url = pgbouncer.through(database.url)
  })

  afterAll(async () => {
    await pgbouncer[Symbol.asyncDispose]()
    await drop()
  })

  const open = (options: Partial<PostgresOptions> = {}) => {
    const db = openPostgres({ url, poolSize: 4, connectTimeoutSeconds: 5, ...options })
    return { db, [Symbol.asyncDispose]: () => db.close() }
  }

  test('the pooler is noticed, and statements are not kept', async () => {
    await using pooled = open()
    await usesAtOnce(pooled.db)
    expect(pooled.db.isPooled).toBe(true)
    const [database] = await checkDatabase(pooled.db)
    expect(database).toEqual({ name: 'database', ok: true, detail: 'answers (postgres, through a pooler)' })
    expect(await pooled.db.query('select from pg_prepared_statements')).toEqual([])
  })

  test('statements kept nevertheless meet a connection that does not know them', async () => {
    await using pooled = open({ prepared: 'on' })
    // Need a failure for the setting to mean anything: 1.18 knows nothing of prepared statements.
    await expect(usesAtOnce(pooled.db)).rejects.toThrow(/prepared statement/)
    await using off = open({ prepared: 'off' })
    await usesAtOnce(off.db)
  })

  test('a session is in UTC, whatever the database is in', async () => {
    await using pooled = open()
    const [{ name } = { name: '' }] = await pooled.db.query<{ name: string }>(
      'select current_database() as name',
    )
    await pooled.db.query(`alter database ${name} set timezone to 'Asia/Karachi'`)
    // The connection to Postgres is another from here on, and begins with what the database says.
    await pooled.db.query('select pg_terminate_backend(pg_backend_pid())').catch(() => {})
    await using other = open()
    expect(await other.db.query('show timezone')).toEqual([{ TimeZone: 'UTC' }])
    await pooled.db.query(`alter database ${name} reset timezone`)
  })

  test('migrations of several processes wait for one another', async () => {
    await using pooled = open()
    expect(await Promise.all([migrate(pooled.db), migrate(pooled.db)])).toEqual([[], []])
  })

  test('nobody is left the user or the role of who came before', async () => {
    await using pooled = open()
    await withUser(pooled.db, 'ann', tx => insertTask(tx, 'ann', { title: 'Hers' }))
    const [row] = await pooled.db.query<{ who: string; id: string | null }>(
      `select current_user::text as who, nullif(current_setting('app.user_id', true), '') as id`,
    )
    expect(row).toEqual({ who: 'postgres', id: null })
  })

  test('the whole server works, and doctor says what it found', async () => {
    await using server = await startServerProcess({
      environment: { DATABASE_URL: url },
      [Symbol.asyncDispose]: async () => {},
    })
    const ben = await clientOf(server)
    const said = await ben.say('Add a task to buy groceries')
    expect(said).toMatchObject({ status: 200, body: { tool_calls: [{ status: 'completed' }] } })
    expect((await ben.call('GET', '/tasks')).body).toHaveLength(1)
    const ready = await fetch(`${server.url}/readyz`)
    expect(JSON.stringify(await ready.json())).toContain('through a pooler')
  })
})

/** Each connection of the pool is used, twice for one that keeps statements. */
async function usesAtOnce(db: Database): Promise<void> {
  for (let time = 0; time < 2; time += 1) {
    await Promise.all(Array.from({ length: 4 }, (_, n) => db.query('select $1::int as n', [n])))
  }
}
