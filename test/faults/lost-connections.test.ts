import { describe, expect, test } from 'vitest'
import type { Database } from '../../server/db/database.ts'
import { isConnectionLost } from '../../server/db/failure.ts'
import type { Point } from './points.ts'
import { openTapped } from './tapped-database.ts'

/** What a driver must guarantee for the rest to hold: a dead connection loses its transaction, and nothing more. */
describe('a connection that is lost', () => {
  const transactions: [name: string, transact: (db: Database) => Promise<unknown>][] = [
    [
      "the builder's transaction",
      db =>
        db.orm.transaction(tx =>
          tx.transaction(savepoint => savepoint.execute('insert into kept default values')),
        ),
    ],
    ['a plain transaction', db => db.transaction(tx => tx.query('insert into kept default values'))],
  ]

  for (const [name, transact] of transactions) {
    for (const point of [
      'begin:before',
      'begin:after',
      'insert:before',
      'insert:after',
      'commit:before',
    ] as const) {
      test(`at ${point} ends ${name}, and leaves a pool that works`, async () => {
        await using tapped = await openTapped()
        await tapped.db.query('create table kept (id serial)')
        for (let time = 0; time < 3; time += 1) {
          const hit = tapped.points.arm(point as Point, 1)
          const outcome = transact(tapped.db).catch((error: unknown) => error)
          const { sever } = await hit
          sever()
          expect(isConnectionLost(await outcome)).toBe(true)
        }
        expect(await tapped.db.query('select from kept')).toEqual([])
        await transact(tapped.db)
        expect(await tapped.db.query('select from kept')).toHaveLength(1)
      })
    }
  }

  test('while nothing uses it is not noticed by the next', async () => {
    await using tapped = await openTapped()
    await tapped.db.query('select 1')
    tapped.tap.severAll()
    await expect.poll(() => tapped.db.query('select 1 as one').catch(() => [])).toEqual([{ one: 1 }])
  })
})
