import { type Config, readConfig } from '../config.ts'
import type { Database } from '../db/database.ts'
import { findSchemaProblem } from '../db/migrate.ts'
import { openDatabase } from '../db/open-database.ts'
import { CommandError } from './command.ts'

/** Opens the configured database as it is: an admin command does not migrate the schema. */
export async function withDatabase<T>(work: (db: Database, config: Config) => Promise<T>): Promise<T> {
  const config = readConfig()
  const db = await openDatabase(config)
  try {
    const problem = await findSchemaProblem(db)
    if (problem) throw new CommandError(`${problem}; run: npm run migrate`)
    return await work(db, config)
  } finally {
    await db.close()
  }
}
