import type { DatabaseSettings } from '../config.ts'
import { AppError } from '../errors.ts'
import type { Database } from './database.ts'
import { DatabaseProblem } from './database-problem.ts'
import { migrate } from './migrate.ts'
import { openPglite } from './pglite.ts'
import { openPostgres } from './postgres.ts'

/**
 * Opens the database of the settings and asks it once, so that what keeps it from being used is known before anything
 * is served. Throws a DatabaseProblem.
 */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  const subject = nameDatabase(settings)
  try {
    const db = await open(settings)
    await closedOnFailure(db, () => db.query('select 1'))
    return db
  } catch (error) {
    throw new DatabaseProblem(subject, error)
  }
}

/** The same, with the schema brought up to this code; tells which versions it applied. */
export async function openMigratedDatabase(
  settings: DatabaseSettings,
): Promise<{ db: Database; applied: number[] }> {
  const db = await openDatabase(settings)
  return { db, applied: await closedOnFailure(db, () => migrateOrExplain(db, nameDatabase(settings))) }
}

/** How people recognise the database. Its address without user and password. */
export function nameDatabase({ databaseUrl, dataDir }: DatabaseSettings): string {
  const url = URL.parse(databaseUrl ?? '')
  return url ? `The database ${url.host}${url.pathname}` : `The data folder ${dataDir}`
}

const open = async (settings: DatabaseSettings) =>
  settings.databaseUrl === undefined
    ? openPglite(settings.dataDir)
    : openPostgres({
        url: settings.databaseUrl,
        poolSize: settings.databasePoolSize,
        connectTimeoutSeconds: settings.databaseConnectTimeoutSeconds,
      })

async function migrateOrExplain(db: Database, subject: string): Promise<number[]> {
  try {
    return await migrate(db)
  } catch (error) {
    // Already a sentence of our own: the schema needs newer code.
    throw error instanceof AppError ? error : new DatabaseProblem(subject, error)
  }
}

async function closedOnFailure<T>(db: Database, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await db.close()
    throw error
  }
}
