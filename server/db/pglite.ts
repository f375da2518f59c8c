import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite, type Transaction } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import type { Connection, Database, Orm } from './database.ts'
import { lockFolder } from './lock-folder.ts'

/**
 * Opens the embedded Postgres in `<dataDir>/postgres`, exclusively: for a second process it fails and names the first.
 */
export async function openPglite(dataDir: string): Promise<Database> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const unlock = lockFolder(dataDir)
  try {
    const client = await PGlite.create({ dataDir: join(dataDir, 'postgres') })
    return pgliteDatabase(client, unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

export function pgliteDatabase(client: PGlite, closed: () => void = () => {}): Database {
  const connection = connectionOf(client)
  return {
    ...connection,
    shared: connection,
    engine: 'pglite',
    isPooled: false,
    // The two drivers' result types differ, but only the query builder reads them.
    orm: drizzle(client) as unknown as Orm,
    transaction: work => client.transaction(tx => work(connectionOf(tx))),
    close: async () => {
      await client.close()
      closed()
    },
  }
}

function connectionOf(client: PGlite | Transaction): Connection {
  return {
    query: async <Row>(text: string, values: unknown[] = []) => (await client.query<Row>(text, values)).rows,
    values: async (text, values = []) =>
      (await client.query<unknown[]>(text, values, { rowMode: 'array' })).rows,
    script: async text => void (await client.exec(text)),
  }
}
