import { readFileSync } from 'node:fs'
import type { Connection, Database } from './database.ts'
import { lock } from './migrate.ts'

const script = new URL('../../migrations/citus/distribute.sql', import.meta.url)

export const readDistribution = () => readFileSync(script, 'utf8')

export async function hasCitus(db: Connection): Promise<boolean> {
  const found = await db.query(`select from pg_extension where extname = 'citus'`)
  return found.length > 0
}

/** Shards the tables of a migrated database by user, except those already sharded. Returns the newly sharded ones. */
export async function distribute(db: Database): Promise<string[]> {
  await db.transaction(async tx => {
    await lock(tx)
    await tx.script(readDistribution())
  })
  const tables = await db.query<{ name: string }>(
    'select logicalrelid::regclass::text as name from pg_dist_partition order by 1',
  )
  return tables.map(table => table.name)
}
