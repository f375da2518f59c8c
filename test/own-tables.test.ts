import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkDatabase } from '../server/checks/database.ts'
import { queryRows, withUser } from '../server/db/database.ts'
import { databaseCodeOf } from '../server/db/failure.ts'
import { migrateOwn } from '../server/db/own-migrations.ts'
import { beginErasure, eraseBatch } from '../server/store/erasures.ts'
import { exportUser } from '../server/store/user-export.ts'
import { openTestDatabase, type TestDatabase } from './support/database.ts'
import { temporaryFolder } from './support/run-command.ts'

/** Names that need quotes, a key of several columns, one row a user, a reference, and one in a circle. */
const schema = `create schema "My shop";
create table "My shop"."Orders" (
  user_id text not null, region text not null, id int not null, note text, primary key (user_id, region, id));
create table "My shop".items (
  user_id text not null, id uuid not null default gen_random_uuid(), region text, order_id int, twin uuid,
  primary key (user_id, id), foreign key (user_id, region, order_id) references "My shop"."Orders" (user_id, region, id));
alter table "My shop".items add foreign key (user_id, twin) references "My shop".items (user_id, id);
create table "My shop".carts (user_id text not null primary key, best uuid, content jsonb,
  foreign key (user_id, best) references "My shop".items (user_id, id));
create table "My shop".prices (id int primary key, price numeric);
select colloquy.own_table('"My shop"."Orders"'), colloquy.own_table('"My shop".items'), colloquy.own_table('"My shop".carts');
`

let database: TestDatabase
const folder = temporaryFolder()
const files = (name: string, texts: Record<string, string>) => {
  const path = join(folder.path, name)
  mkdirSync(path, { recursive: true })
  for (const [file, text] of Object.entries(texts)) writeFileSync(join(path, file), text)
  return path
}

beforeAll(async () => {
  database = await openTestDatabase()
  expect(await migrateOwn(database.db, files('shop', { '0001-shop.sql': schema }))).toEqual(['0001-shop.sql'])
})
afterAll(async () => {
  await database?.[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

const as = (user: string, statement: string) =>
  withUser(database.db, user, tx => queryRows<Record<string, unknown>>(tx, sql.raw(statement)))

async function settle(user: string, orders = 3): Promise<void> {
  await as(
    user,
    `insert into "My shop"."Orders" select '${user}', case n % 2 when 0 then 'eu' else 'us' end, n, 'of ${user}'
       from generate_series(1, ${orders}) n`,
  )
  await as(
    user,
    `insert into "My shop".items (user_id, region, order_id) select user_id, region, id from "My shop"."Orders"`,
  )
  await as(
    user,
    `insert into "My shop".carts select user_id, id, '{"of": "${user}"}' from "My shop".items limit 1`,
  )
}

const countOf = async (user: string) => {
  const [row] = await database.db.query<{ count: number }>(
    `select (select count(*) from "My shop"."Orders" where user_id = $1)::int
          + (select count(*) from "My shop".items where user_id = $1)::int
          + (select count(*) from "My shop".carts where user_id = $1)::int as count`,
    [user],
  )
  return row?.count
}

describe("an agent's own tables", () => {
  test("keep one user's rows from another, also from who tries to write them", async () => {
    await settle('ann')
    expect(await as('bob', 'select * from "My shop"."Orders"')).toEqual([])
    expect(await as('bob', `update "My shop"."Orders" set note = 'mine' returning id`)).toEqual([])
    expect(await as('bob', 'delete from "My shop".carts returning user_id')).toEqual([])
    const forAnn = as('bob', `insert into "My shop"."Orders" values ('ann', 'eu', 99, 'from bob')`)
    expect(databaseCodeOf(await forAnn.catch(error => error))).toBe('42501')
    expect(await as('ann', 'select id from "My shop"."Orders" order by id')).toEqual([
      { id: 1 },
      { id: 2 },
      { id: 3 },
    ])
  })

  test('what was not opened to tools is closed to them', async () => {
    const prices = as('ann', 'select * from "My shop".prices')
    expect(databaseCodeOf(await prices.catch(error => error))).toBe('42501')
  })

  test('are in the export of their user, every row of them', async () => {
    await settle('cy', 250)
    let text = ''
    for await (const piece of exportUser(database.db, 'cy', null)) text += piece
    const document = JSON.parse(text)
    expect(document['My shop.Orders']).toHaveLength(250)
    expect(new Set(document['My shop.Orders'].map((order: { id: number }) => order.id)).size).toBe(250)
    expect(document['My shop.items']).toHaveLength(250)
    expect(document['My shop.carts']).toMatchObject([{ content: { of: 'cy' } }])
    expect(text).not.toContain('of ann')
  })

  test('are erased with their user, and with nobody else', async () => {
    await settle('dan')
    const before = await countOf('ann')
    await beginErasure(database.db, 'dan')
    while ((await eraseBatch(database.db, 'dan', 2)) > 0) expect(await countOf('ann')).toBe(before)
    expect(await countOf('dan')).toBe(0)
    expect(before).toBeGreaterThan(0)
  })

  test('are looked at by doctor and /readyz', async () => {
    const walls = async () =>
      (await checkDatabase(database.db)).find(({ name }) => name === 'row-level security')
    expect(await walls()).toMatchObject({ ok: true })
    await database.db.query('alter table "My shop".carts no force row level security')
    expect(await walls()).toMatchObject({ ok: false, detail: 'Not forced on "My shop".carts' })
    await database.db.query(`select colloquy.own_table('"My shop".carts')`)
    expect(await walls()).toMatchObject({ ok: true })
  })
})

describe('own_table', () => {
  test.each([
    ['a table without a user', 'id int primary key', /must have a column: user_id text not null/],
    [
      'a user that may be null',
      'user_id text, id int primary key',
      /must have a column: user_id text not null/,
    ],
    [
      'a key that begins with something else',
      'id int, user_id text not null, primary key (id, user_id)',
      /must begin with user_id/,
    ],
    ['no key at all', 'user_id text not null', /must begin with user_id/],
  ])('refuses %s', async (_, columns, says) => {
    const path = files('refused', {
      '0001-refused.sql': `create table refused (${columns});\nselect colloquy.own_table('refused')`,
    })
    await expect(migrateOwn(database.db, path)).rejects.toThrow(says)
    expect(await database.db.query(`select to_regclass('refused') as refused`)).toEqual([{ refused: null }])
  })

  test("refuses the server's own tables", async () => {
    await expect(database.db.query(`select colloquy.own_table('colloquy.tasks')`)).rejects.toThrow(
      'schema of your own',
    )
  })

  test('is not for tools', async () => {
    const code = as('ann', `select colloquy.own_table('"My shop".prices')`).catch(databaseCodeOf)
    expect(await code).toBe('42501')
  })
})

describe('the files of an agent', () => {
  test('are applied once each, in order, and what comes later is added', async () => {
    const first = { '0001-a.sql': 'create table steps (n int primary key)' }
    const path = files('steps', { ...first, '0002-b.sql': 'insert into steps values (1)', 'README.md': 'x' })
    expect(await migrateOwn(database.db, path)).toEqual(['0001-a.sql', '0002-b.sql'])
    expect(await migrateOwn(database.db, path)).toEqual([])
    files('steps', { '0003-c.sql': 'insert into steps values (2)' })
    const both = await Promise.all([migrateOwn(database.db, path), migrateOwn(database.db, path)])
    expect(both.flat()).toEqual(['0003-c.sql'])
    expect(await database.db.query('select n from steps order by n')).toEqual([{ n: 1 }, { n: 2 }])
  })

  test.each<[string, Record<string, string>, RegExp]>([
    [
      'that were changed afterwards',
      { '0001-a.sql': 'create table steps (n text)' },
      /0001-a.sql has been applied with another text/,
    ],
    [
      'that do not run',
      { '0009-bad.sql': 'select 1;\nselect\n  nothing_there' },
      /^0009-bad\.sql(:3)?: .*nothing_there/,
    ],
    ['without a number', { 'first.sql': '' }, /first\.sql must be named/],
    [
      'that share a number',
      { '0001-x.sql': '', '0001-y.sql': '' },
      /0001-x\.sql and 0001-y\.sql have one number/,
    ],
  ])('%s are refused', async (what, texts, says) => {
    await expect(migrateOwn(database.db, files(what.replaceAll(' ', '-'), texts))).rejects.toThrow(says)
  })
})
