import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { findSchemaProblem, listMigrations, migrate } from '../../server/db/migrate.ts'
import { openTestDatabase } from '../support/database.ts'

const released = readFileSync(new URL('../fixtures/released-functions.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line.startsWith('colloquy.'))

/** In a rollout the code before this one runs beside it, on the schema as this one has made it. */
describe('two versions at once', () => {
  test('every function of an earlier release is there, with the same arguments and result', async () => {
    await using database = await openTestDatabase()
    const there = await database.db.query<{ name: string }>(
      `select oid::regprocedure::text || ' returns ' || pg_get_function_result(oid) as name
         from pg_proc where pronamespace = 'colloquy'::regnamespace`,
    )
    expect(released.length).toBeGreaterThan(20)
    const names = new Set(there.map(row => row.name))
    expect(released.filter(line => !names.has(line))).toEqual([])
  })

  test('the server may call every one of them, as before', async () => {
    await using database = await openTestDatabase()
    const names = released.map(line => line.slice(0, line.indexOf(' returns ')))
    const forbidden = await database.db.query(
      `select name from unnest($1::text[]) name
        where not has_function_privilege('colloquy_server', name::regprocedure, 'execute')`,
      [names],
    )
    expect(forbidden).toEqual([])
  })

  test('a schema that is ahead is no problem, unless it says that it needs newer code', async () => {
    await using database = await openTestDatabase()
    const { db } = database
    const newest = listMigrations().at(-1)?.version ?? 0
    const add = (version: number, minCode: number) =>
      db.query('insert into colloquy.migrations (version, name, min_code) values ($1, $2, $3)', [
        version,
        'later',
        minCode,
      ])
    await add(newest + 1, newest)
    expect(await findSchemaProblem(db)).toBeUndefined()
    expect(await migrate(db)).toEqual([])
    await add(newest + 2, newest + 1)
    expect(await findSchemaProblem(db)).toMatch(`needs code of at least ${newest + 1} and this is ${newest}`)
    await expect(migrate(db)).rejects.toThrow(/upgrade/)
  })

  test('no migration asks for code that is newer than itself', () => {
    expect(listMigrations().filter(({ version, minCode }) => minCode > version)).toEqual([])
  })
})
