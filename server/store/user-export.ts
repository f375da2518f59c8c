import { type Connection, callFunction } from '../db/database.ts'

const rowsPerPage = 100

/**
 * Exports everything stored about a user as the pieces of one JSON document: for every table with rows of users a list
 * of rows, each with all its columns by name. Tables are found in the catalogue, so a new table is included without
 * further work.
 *
 * Each page is read in its own transaction once the one before has been consumed, since no transaction may stay open
 * for a slow reader. So a row is as it was when its page was read, between `begun_at` and `finished_at`: all rows from
 * before `begun_at` are included, and some of those written meanwhile. A document without `finished_at` is incomplete.
 * Tables come before those that refer to them.
 */
export async function* exportUser(
  db: Connection,
  userId: string,
  account: object | null,
): AsyncGenerator<string> {
  await callFunction(db, 'act_as', [userId]) // refuses an erased user before anything is written
  const head = { format: 'colloquy-export-1', user_id: userId, begun_at: await readClock(db), account }
  yield JSON.stringify(head).slice(0, -1)
  for (const table of await listTables(db)) {
    let separator = ''
    yield `,\n${JSON.stringify(table)}:[`
    for await (const rows of pagesOf(db, userId, table)) {
      yield `${separator}\n${rows.join(',\n')}`
      separator = ','
    }
    yield ']'
  }
  yield `,\n"finished_at":${JSON.stringify(await readClock(db))}}\n`
}

/** Whether any table has a row of this user. Throws user_erased. */
export async function isKnownUser(db: Connection, userId: string): Promise<boolean> {
  for (const table of await listTables(db)) {
    if ((await readPage(db, userId, { table, after: null, limit: 1 })).length > 0) return true
  }
  return false
}

async function* pagesOf(db: Connection, userId: string, table: string): AsyncGenerator<string[]> {
  for (let last: string | null = null; ; ) {
    const rows: string[] = await readPage(db, userId, { table, after: last, limit: rowsPerPage })
    if (rows.length > 0) yield rows
    if (rows.length < rowsPerPage) return
    last = rows.at(-1) ?? null
  }
}

/** Rows as JSON text from the database: parsing and writing them again could lose precision. */
const readPage = async (
  db: Connection,
  userId: string,
  { table, after, limit }: { table: string; after: string | null; limit: number },
): Promise<string[]> =>
  (await callFunction<string[] | null>(db, 'export_page_v1', [userId, table, after, limit])) ?? []

async function listTables(db: Connection): Promise<string[]> {
  const tables = await db.query<{ name: string }>(
    'select name from colloquy.tenant_tables order by depth, name',
  )
  return tables.map(table => table.name)
}

async function readClock(db: Connection): Promise<string> {
  const [row] = await db.query<{ now: string }>(
    `select to_char(now() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as now`,
  )
  return row?.now ?? ''
}
