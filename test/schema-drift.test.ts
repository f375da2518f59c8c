import { is } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import * as schema from '../server/db/schema.ts'
import { openTestDatabase } from './support/database.ts'

test('schema.ts mirrors every column of the migrated tables', async () => {
  await using test = await openTestDatabase()
  const actual = await test.db.query<{ name: string }>(
    `select table_name || '.' || column_name || ' ' || data_type || case is_nullable when 'NO' then ' not null' else '' end as name
       from information_schema.columns natural join information_schema.tables
      where table_schema = 'colloquy' and table_name not in ('migrations', 'own_migrations') and table_type = 'BASE TABLE' order by 1`,
  )
  const mirrored = Object.values(schema)
    .filter(table => is(table, PgTable))
    .flatMap(table => {
      const { name, columns } = getTableConfig(table)
      return columns.map(c => `${name}.${c.name} ${c.getSQLType()}${c.notNull ? ' not null' : ''}`)
    })
    .map(line => line.replace('text[]', 'ARRAY'))
  expect(mirrored.sort()).toEqual(actual.map(row => row.name).sort())
})
