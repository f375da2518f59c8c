import { loadAgent } from '../agent/agent-module.ts'
import { type Config, readConfig } from '../config.ts'
import { distribute, hasCitus } from '../db/distribute.ts'
import { listMigrations } from '../db/migrate.ts'
import { openMigratedDatabase, openPatiently, postgresOptions } from '../db/open-database.ts'
import { type Command, CommandError } from './command.ts'

export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'Brings the database up to this version of the program',
  help: `"serve" does the same when it starts. Several processes may do so at once. In a rollout, run it
beforehand with a DATABASE_URL whose role may create roles and schemas.`,
  options: [
    {
      name: 'distribute',
      summary: 'and then shards the tables by user on Citus (needs its extension; docs/deploy.md)',
    },
  ],
  run: async ({ distribute: isDistributed }) => {
    const config = readConfig()
    if (isDistributed && config.databaseUrl === undefined) {
      throw new CommandError('--distribute needs DATABASE_URL: the embedded database is one machine')
    }
    const own = config.agent && (await loadAgent(config.agent)).migrations
    const { db, applied, ownApplied } = await openMigratedDatabase(config, own)
    await db.close()
    const migrations = listMigrations()
    for (const { version, name } of migrations.filter(migration => applied.includes(migration.version))) {
      console.log(`Applied ${String(version).padStart(4, '0')}-${name}`)
    }
    for (const name of ownApplied) console.log(`Applied ${name} of the agent`)
    if (applied.length + ownApplied.length === 0)
      console.log(`Nothing to apply: the schema is at ${migrations.at(-1)?.version}`)
    if (isDistributed) await shard(config)
    return 0
  },
}

async function shard(config: Config): Promise<void> {
  const options = postgresOptions(config)
  if (!options) return
  const db = openPatiently(options)
  try {
    if (!(await hasCitus(db))) {
      throw new CommandError(
        '--distribute needs the extension citus in this database: create extension citus, on every node',
      )
    }
    for (const name of await distribute(db)) console.log(`Sharded ${name}`)
  } finally {
    await db.close()
  }
}
