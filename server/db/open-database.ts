import type { DatabaseSettings } from '../config.ts'
import { AppError } from '../errors.ts'
import type { Database } from './database.ts'
import { DatabaseProblem } from './database-problem.ts'
import { migrate } from './migrate.ts'
import { migrateOwn, OwnMigrationProblem } from './own-migrations.ts'
import { openPglite } from './pglite.ts'
import { openPostgres, type PostgresOptions } from './postgres.ts'

/**
 * Opens the configured database and runs one query, so that problems show before anything is served. Throws a
 * DatabaseProblem.
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

/** Applied migrations: versions of our schema, and the agent's own files. */
interface BroughtUp {
  applied: number[]
  ownApplied: string[]
}

/** The same, after migrating the schema, and the agent's own tables with the files in the folder `own`. */
export async function openMigratedDatabase(
  settings: DatabaseSettings,
  own?: string | URL,
): Promise<BroughtUp & { db: Database }> {
  const db = await openDatabase(settings)
  return { db, ...(await closedOnFailure(db, () => bringUp(db, settings, own))) }
}

/** One connection for schema changes, which may run long without sending anything. */
export const openPatiently = (options: PostgresOptions): Database =>
  openPostgres({ ...options, poolSize: 1, silenceSeconds: 0 })

async function bringUp(db: Database, settings: DatabaseSettings, own?: string | URL): Promise<BroughtUp> {
  const options = postgresOptions(settings)
  const subject = nameDatabase(settings)
  if (!options) return migrateOrExplain(db, subject, own)
  const patient = openPatiently(options)
  return migrateOrExplain(patient, subject, own).finally(() => patient.close())
}

/** The database's name for operators: its address without user and password. */
export function nameDatabase({ databaseUrl, dataDir }: DatabaseSettings): string {
  const url = URL.parse(databaseUrl ?? '')
  return url ? `The database ${url.host}${url.pathname}` : `The data folder ${dataDir}`
}

/** Connection options for the configured Postgres; undefined when the embedded one is used. */
export const postgresOptions = (settings: DatabaseSettings): Required<PostgresOptions> | undefined =>
  settings.databaseUrl === undefined
    ? undefined
    : {
        url: settings.databaseUrl,
        poolSize: settings.databasePoolSize,
        connectTimeoutSeconds: settings.databaseConnectTimeoutSeconds,
        silenceSeconds: settings.databaseSilenceSeconds,
        prepared: settings.databasePrepared,
      }

async function open(settings: DatabaseSettings): Promise<Database> {
  const options = postgresOptions(settings)
  return options ? openPostgres(options) : openPglite(settings.dataDir)
}

async function migrateOrExplain(db: Database, subject: string, own?: string | URL): Promise<BroughtUp> {
  try {
    const applied = await migrate(db)
    return { applied, ownApplied: own === undefined ? [] : await migrateOwn(db, own) }
  } catch (error) {
    // Already describes the problem: the schema needs newer code, or the agent's SQL is wrong.
    throw error instanceof AppError || error instanceof OwnMigrationProblem
      ? error
      : new DatabaseProblem(subject, error)
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
