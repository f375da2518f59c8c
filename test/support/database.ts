import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import postgres from 'postgres'
import { inject } from 'vitest'
import type { Database } from '../../server/db/database.ts'
import { pgliteDatabase } from '../../server/db/pglite.ts'
import { openPostgres } from '../../server/db/postgres.ts'

export interface TestDatabase extends AsyncDisposable {
  db: Database
  /** The URL for other processes to use the same database; undefined on the embedded engine. */
  url: string | undefined
}

/** A migrated database for this test file alone, on the engine under test. */
export function openTestDatabase(): Promise<TestDatabase> {
  return inject('engine') === 'postgres' ? openOnPostgres() : openOnPglite()
}

async function openOnPostgres(): Promise<TestDatabase> {
  const { url, drop } = await createPostgresDatabase()
  const db = openPostgres({ url, poolSize: 5, connectTimeoutSeconds: 10 })
  return {
    db,
    url,
    [Symbol.asyncDispose]: async () => {
      await db.close()
      await drop()
    },
  }
}

/** A migrated database on this run's Postgres. */
export async function createPostgresDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const server = inject('template')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await asAdmin(server, `create database ${name} template colloquy_template`)
  return { url: `${server}/${name}`, drop: () => asAdmin(server, `drop database ${name} with (force)`) }
}

async function asAdmin(server: string, statement: string): Promise<void> {
  const admin = postgres(`${server}/postgres`, { max: 1, onnotice: () => {} })
  try {
    await admin.unsafe(statement)
  } finally {
    await admin.end()
  }
}

async function openOnPglite(): Promise<TestDatabase> {
  const loadDataDir = new Blob([await readFile(inject('template'))])
  const db = pgliteDatabase(await PGlite.create({ loadDataDir }))
  return { db, url: undefined, [Symbol.asyncDispose]: () => db.close() }
}
