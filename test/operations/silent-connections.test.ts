import { describe, expect, test } from 'vitest'
import { isConnectionLost } from '../../server/db/failure.ts'
import { migrate } from '../../server/db/migrate.ts'
import { openPostgres } from '../../server/db/postgres.ts'
import { renewLease } from '../../server/store/instances.ts'
import { openTapped } from '../faults/tapped-database.ts'

/** A network that swallows what it is given closes nothing: without a limit, who asks would wait for ever. */
describe('a connection that goes silent', () => {
  const silenceSeconds = 0.3

  test('is given up, and so are the others that were not heard since', async () => {
    await using tapped = await openTapped({ silenceSeconds })
    const { db, tap } = tapped
    await Promise.all([db.query('select pg_sleep(0.05)'), db.query('select pg_sleep(0.05)')])
    tap.silence()
    const [failure] = await Promise.allSettled([db.query('select 1')])
    expect(failure.status === 'rejected' && isConnectionLost(failure.reason)).toBe(true)
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }])
    const wholePool = [db.query('select pg_sleep(0.05)'), db.query('select 2 as two')]
    expect((await Promise.all(wholePool))[1]).toEqual([{ two: 2 }])
  })

  test('is given up also when it had been idle for longer than that', async () => {
    await using tapped = await openTapped({ silenceSeconds, poolSize: 1 })
    const { db, tap } = tapped
    await db.query('select 1')
    await using direct = openDirect(tapped.directUrl)
    await direct.db.query(`select pg_sleep(${2 * silenceSeconds})`)
    tap.silence()
    const failure = await db.query('select 1').catch((error: unknown) => error)
    expect(isConnectionLost(failure)).toBe(true)
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }])
  })

  test('in a transaction takes it along', async () => {
    await using tapped = await openTapped({ silenceSeconds })
    const { db, tap } = tapped
    await db.query('create table kept (id serial)')
    const transaction = db.transaction(async tx => {
      await tx.query('insert into kept default values')
      tap.silence()
      await tx.query('insert into kept default values')
    })
    const failure = await transaction.catch((error: unknown) => error)
    expect(isConnectionLost(failure)).toBe(true)
    await using direct = openDirect(tapped.directUrl)
    // The server still holds the other end: only what was committed is there.
    expect(await direct.db.query('select from kept')).toEqual([])
  })

  test('is not confused with one that has nothing to say', async () => {
    await using tapped = await openTapped({ silenceSeconds })
    const { db } = tapped
    const backend = async () => (await db.query<{ pid: number }>('select pg_backend_pid() as pid'))[0]?.pid
    const first = await backend()
    await using direct = openDirect(tapped.directUrl)
    await direct.db.query(`select pg_sleep(${2 * silenceSeconds})`)
    expect(await backend()).toBe(first)
  })

  test('does not cost a lease that is renewed on it', async () => {
    await using tapped = await openTapped({ silenceSeconds, poolSize: 1 })
    const { db, tap } = tapped
    const id = crypto.randomUUID()
    await renewLease(db, id, 3)
    tap.silence()
    await renewLease(db, id, 3).catch(() => {})
    await renewLease(db, id, 3)
    await using direct = openDirect(tapped.directUrl)
    const [row] = await direct.db.query<{ left: number }>(
      'select extract(epoch from lease_until - now())::float8 as left from colloquy.instances where id = $1',
      [id],
    )
    expect(row?.left).toBeGreaterThan(1)
  })

  test('does not keep a process that is going', async () => {
    await using tapped = await openTapped({ silenceSeconds: 0 })
    const db = openPostgres({ url: tapped.url, poolSize: 2, connectTimeoutSeconds: 5 })
    await db.query('select 1')
    tapped.tap.silence()
    // Without an end of its own this would wait as long as the test may.
    await db.close()
    await expect(db.query('select 1')).rejects.toThrow(/after calling end/)
  })

  test('is waited for by a migration, however long it takes', async () => {
    await using tapped = await openTapped({ silenceSeconds: 0 })
    expect(await tapped.db.query('select pg_sleep(0.6)')).toHaveLength(1)
    expect(await migrate(tapped.db)).toEqual([])
  })
})

function openDirect(url: string) {
  const db = openPostgres({ url, poolSize: 1, connectTimeoutSeconds: 5 })
  return { db, [Symbol.asyncDispose]: () => db.close() }
}
