import type { Database } from '../../server/db/database.ts'

/** All our tables except those where running servers record that they are alive. */
export async function listTables(db: Database): Promise<string[]> {
  const tables = await db.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('colloquy', 'auth') and c.relkind in ('r', 'p') and c.relname <> 'instances' order by 1`,
  )
  return tables.map(table => table.name)
}

export async function countRows(db: Database): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of await listTables(db)) {
    const [row] = await db.query<{ count: number }>(`select count(*)::int as count from ${table}`)
    counts[table] = row?.count ?? -1
  }
  return counts
}

/** All rows of one user, as text: equal if nothing has changed. */
export async function rowsOf(db: Database, userId: string): Promise<Record<string, string[]>> {
  const rows: Record<string, string[]> = {}
  for (const table of await listTables(db)) {
    if (!table.startsWith('colloquy.') || /migrations$/.test(table)) continue
    const found = await db.query<{ row: string }>(
      `select to_jsonb(t)::text as row from ${table} t where user_id = $1 order by 1`,
      [userId],
    )
    rows[table] = found.map(({ row }) => row)
  }
  return rows
}
