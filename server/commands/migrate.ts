import { readConfig } from '../config.ts'
import { listMigrations } from '../db/migrate.ts'
import { openMigratedDatabase } from '../db/open-database.ts'
import type { Command } from './command.ts'

export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'Brings the database up to this version of the program',
  help: `"serve" does the same when it starts. Several processes may do so at once. In a rollout, run it
beforehand with a DATABASE_URL whose role may create roles and schemas.`,
  options: [],
  run: async () => {
    const { db, applied } = await openMigratedDatabase(readConfig())
    await db.close()
    const migrations = listMigrations()
    for (const { version, name } of migrations.filter(migration => applied.includes(migration.version))) {
      console.log(`Applied ${String(version).padStart(4, '0')}-${name}`)
    }
    if (applied.length === 0) console.log(`Nothing to apply: the schema is at ${migrations.length}`)
    return 0
  },
}
