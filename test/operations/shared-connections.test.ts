import { describe, expect, test } from 'vitest'
import type { Connection, Database } from '../../server/db/database.ts'
import { isConnectionLost } from '../../server/db/failure.ts'
import { openPostgres } from '../../server/db/postgres.ts'
import { openTapped, type Tapped } from '../faults/tapped-database.ts'
import { patiently } from '../support/replayed-server.ts'
import { clientOf, startServerAt } from '../support/server.ts'

const poolSize = 6
const shareable = poolSize / 2
const open = () => openTapped({ poolSize })

const backendOf = async (connection: Connection, text = 'select pg_backend_pid() as pid') =>
  (await connection.query<{ pid: number }>(text))[0]?.pid

const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n))

/** Another process's transaction, which keeps everyone waiting who asks for the lock. */
async function holdLock({ directUrl }: Tapped) {
  const holder = openPostgres({ url: directUrl, poolSize: 1, connectTimeoutSeconds: 5 })
  const release = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  const done = holder.transaction(async tx => {
    await tx.query('select pg_advisory_xact_lock(1)')
    held.resolve()
    await release.promise
  })
  await held.promise
  return async () => {
    release.resolve()
    await done
    await holder.close()
  }
}

const waitForLock = (connection: Connection) =>
  backendOf(connection, 'select pg_backend_pid() as pid from (select pg_advisory_xact_lock_shared(1)) l')

const waiting = async (db: Database) =>
  (await db.query<{ count: number }>(`select count(*)::int from pg_locks where not granted`))[0]?.count

describe('statements on shared connections', () => {
  test('are many on half of the pool, each answered with its own', async () => {
    await using tapped = await open()
    const { db } = tapped
    const rows = await Promise.all(
      times(300, n =>
        db.shared.query<{ n: number; pid: number }>('select $1::int as n, pg_backend_pid() as pid', [n]),
      ),
    )
    expect(rows.map(([row]) => row?.n)).toEqual(times(300, n => n))
    expect(new Set(rows.map(([row]) => row?.pid)).size).toBe(shareable)
    expect(db.poolUse?.()).toMatchObject({ inUse: 0 })
  })

  test('are transactions of their own: one that fails takes no other along, and none sees another’s settings', async () => {
    await using tapped = await open()
    const { db } = tapped
    await db.query('create table noted (n int primary key)')
    const outcomes = await Promise.allSettled(
      times(60, n =>
        n % 3 === 0
          ? db.shared.query('insert into noted values ($1::int / ($1::int % 3))', [n])
          : db.shared.query(
              `insert into noted select $1::int where coalesce(current_setting('app.user_id', true), '') = ''
               returning set_config('app.user_id', 'someone', true)`,
              [n],
            ),
      ),
    )
    expect(outcomes.map(({ status }) => status)).toEqual(
      times(60, n => (n % 3 === 0 ? 'rejected' : 'fulfilled')),
    )
    const rows = await db.query<{ n: number }>('select n from noted order by n')
    expect(rows.map(({ n }) => n)).toEqual(times(60, n => n).filter(n => n % 3 !== 0))
  })

  test('leave the other half to transactions, though all the shared ones wait', async () => {
    await using tapped = await open()
    const { db } = tapped
    const letGo = await holdLock(tapped)
    const waiters = times(20, () => waitForLock(db.shared))
    await expect.poll(() => waiting(db), patiently).toBe(shareable)
    expect(await db.transaction(tx => tx.query('select 1 as one'))).toEqual([{ one: 1 }])
    await letGo()
    expect(new Set(await Promise.all(waiters)).size).toBe(shareable)
  })

  test('pass by a connection that does not answer', async () => {
    await using tapped = await open()
    const { db } = tapped
    const letGo = await holdLock(tapped)
    const waiter = waitForLock(db.shared)
    await expect.poll(() => waiting(db), patiently).toBe(1)
    // Before it counts as stalled it has the least to do at times; from then on it gets nothing more.
    await db.query('select pg_sleep(0.6)')
    const others = await Promise.all(times(100, () => backendOf(db.shared)))
    await letGo()
    expect(others).not.toContain(await waiter)
  })

  test('of a conversation that somebody holds keep nobody else waiting', async () => {
    await using tapped = await open()
    const environment = { DATABASE_URL: tapped.directUrl, DATABASE_POOL: '2' }
    await using server = await startServerAt({ environment, [Symbol.asyncDispose]: async () => {} })
    const [ann, bob] = [await clientOf(server), await clientOf(server)]
    const { body } = await ann.say('Hello')
    const held = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    const holding = tapped.db.transaction(async tx => {
      await tx.query('select colloquy.act_as($1)', [ann.userId])
      await tx.query('select from colloquy.conversations where user_id = $1 for update', [ann.userId])
      held.resolve()
      await release.promise
    })
    await held.promise
    const waiter = ann.say('Hello again', body.conversation_id)
    await expect.poll(() => waiting(tapped.db), patiently).toBe(1)
    // There is one connection to share: each of these is behind hers, until hers has left it.
    expect((await bob.say('Hello')).status).toBe(200)
    release.resolve()
    await holding
    expect((await waiter).status).toBe(200)
  })

  test('fail together with their connection and with no other, and the next ones have a new one', async () => {
    await using tapped = await open()
    const { db } = tapped
    const letGo = await holdLock(tapped)
    const waiters = times(30, () => waitForLock(db.shared).catch((error: unknown) => error))
    await expect.poll(() => waiting(db), patiently).toBe(shareable)
    const [ended] = await db.query<{ pid: number }>(
      'select pid from pg_locks where not granted order by pid limit 1',
    )
    await db.query('select pg_terminate_backend($1)', [ended?.pid])
    await letGo()
    const outcomes = await Promise.all(waiters)
    const failures = outcomes.filter(outcome => outcome instanceof Error)
    expect(failures).toHaveLength(30 / shareable)
    expect(failures.every(isConnectionLost)).toBe(true)
    expect(outcomes).not.toContain(ended?.pid)
    expect(new Set(await Promise.all(times(30, () => backendOf(db.shared)))).size).toBe(shareable)
  })

  test('have connections of their own in a pool of one', async () => {
    await using tapped = await openTapped({ poolSize: 1 })
    const { db } = tapped
    const answers = [...times(20, () => backendOf(db.shared)), db.transaction(tx => backendOf(tx))]
    expect(new Set(await Promise.all(answers)).size).toBe(1)
  })
})
