import { type Connection, callFunction } from '../db/database.ts'

const rowsPerPage = 100

/**
 * Everything that is stored of a user, as the pieces of one JSON document: a list for every table that has rows of users,
 * each row with all its columns under their names. What the catalogue has is in it, so a new table is, too.
 *
 * A page is read when the one before has been taken, in a transaction of its own, since none may stay open while a slow
 * reader reads. So a row is as it was when its page was read, between `begun_at` and `finished_at`: what was stored before
 * is all there, of what is said meanwhile some is. A document without `finished_at` is not whole. Tables come before those
 * that refer to them.
 */
export async function* exportUser(
  db: Connection,
  userId: string,
  account: object | null,
): AsyncGenerator<string> {
  await callFunction(db, 'act_as', [userId]) // refuses who is erased before anything is written
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

/** Whether any table has a row of theirs. Throws user_erased. */
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

/** Rows as the database writes them: nothing is lost by reading and writing them again. */
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
