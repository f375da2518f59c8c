import { getSchema } from 'better-auth/db'
import { getTableConfig } from 'drizzle-orm/pg-core'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { accountOptions } from '../server/auth/accounts.ts'
import { authTables } from '../server/auth/tables.ts'
import type { Database } from '../server/db/database.ts'
import { publicUrl, secret } from './support/accounts.ts'
import { openTestDatabase } from './support/database.ts'

/** Not the library's. */
const ours = 'attempts'

const line = (name: string, type: string, required: boolean) =>
  `${name} ${type}${required ? ' not null' : ''}`

test('tables.ts has what Better Auth says it needs, under its names, and nothing else', async () => {
  await using test = await openTestDatabase()
  const log = pino({ level: 'silent' })
  const needed = getSchema(accountOptions({ db: test.db, secret, publicUrl, signingKeys: [], log }))
  const types: Record<string, string> = {
    string: 'text',
    boolean: 'boolean',
    date: 'timestamp with time zone',
  }
  const expected = Object.entries(needed).flatMap(([table, { fields }]) => [
    line(`${table}.id`, 'text', true),
    ...Object.entries(fields).map(([name, field]) =>
      line(`${table}.${name}`, types[String(field.type)] ?? String(field.type), field.required ?? false),
    ),
  ])
  const mirrored = Object.entries(authTables).flatMap(([table, columns]) =>
    getTableConfig(columns).columns.map(c => {
      const property = Object.entries(columns).find(([, column]) => column === c)?.[0]
      return line(`${table}.${property}`, c.getSQLType(), c.notNull)
    }),
  )
  expect(mirrored.sort()).toEqual(expected.sort())
})

test('tables.ts mirrors every column, default, unique and foreign key of the migrated tables', async () => {
  await using test = await openTestDatabase()
  const actual = await test.db.query<{ name: string }>(
    `select format('%s.%s %s%s', table_name, column_name, data_type,
                   case is_nullable when 'NO' then ' not null' else '' end) as name
       from information_schema.columns where table_schema = 'auth' and table_name <> '${ours}'
      union all
     select format('%s %s', conname, contype) from pg_constraint
      where connamespace = 'auth'::regnamespace and contype in ('u', 'f')`,
  )
  const mirrored = Object.values(authTables)
    .map(getTableConfig)
    .flatMap(({ name, columns, foreignKeys }) => [
      ...columns.map(c => line(`${name}.${c.name}`, c.getSQLType(), c.notNull)),
      ...columns.filter(c => c.isUnique).map(c => `${c.uniqueName} u`),
      ...foreignKeys.map(() => `${name}_user_fkey f`),
    ])
  expect(mirrored.sort()).toEqual(actual.map(row => row.name).sort())
})

const asRole = (db: Database, role: string, statement: string) =>
  db.transaction(async connection => {
    await connection.query(`set local role ${role}`)
    return connection.query(statement)
  })

const tablesOf = async (db: Database, schema: string) =>
  (
    await db.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = '${schema}'`,
    )
  ).map(row => row.name)

test('no role but that of the accounts reads or writes an account', async () => {
  await using test = await openTestDatabase()
  const tables = await tablesOf(test.db, 'auth')
  expect(tables).toHaveLength(6)
  for (const table of tables) {
    await asRole(test.db, 'colloquy_auth', `select from ${table}`)
    for (const role of ['colloquy_server', 'colloquy_sweeper']) {
      for (const statement of [`select from ${table}`, `delete from ${table}`]) {
        await expect(asRole(test.db, role, statement), `${role}: ${statement}`).rejects.toMatchObject({
          code: '42501',
        })
      }
    }
  }
})

test('the role of the accounts reads and writes nothing of any user', async () => {
  await using test = await openTestDatabase()
  const tables = await tablesOf(test.db, 'colloquy')
  expect(tables).toContain('colloquy.messages')
  for (const table of tables) {
    for (const statement of [`select from ${table}`, `delete from ${table}`]) {
      const refused = expect(asRole(test.db, 'colloquy_auth', statement), statement)
      await refused.rejects.toMatchObject({ code: '42501' })
    }
  }
})
