import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Connection, Database } from './database.ts'
import { isTransient } from './failure.ts'
import { lock } from './migrate.ts'

/** A problem with an agent's own SQL, in one line for its author. */
export class OwnMigrationProblem extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'OwnMigrationProblem'
  }
}

interface OwnMigration {
  name: string
  text: string
  digest: string
}

/**
 * Files such as `0001-tickets.sql`. Throws an OwnMigrationProblem when there is no such folder, or two files share a
 * number.
 */
export function listOwnMigrations(folder: string | URL): OwnMigration[] {
  const path = typeof folder === 'string' ? folder : fileURLToPath(folder)
  const names = namesIn(path)
  for (const [i, name] of names.entries()) {
    if (!/^\d{4}-.+\.sql$/.test(name))
      throw new OwnMigrationProblem(`${path}: ${name} must be named as 0001-tickets.sql`)
    if (names[i + 1]?.slice(0, 4) === name.slice(0, 4))
      throw new OwnMigrationProblem(`${path}: ${name} and ${names[i + 1]} have one number`)
  }
  return names.map(name => {
    const text = readFileSync(`${path}/${name}`, 'utf8')
    return { name, text, digest: createHash('sha256').update(text).digest('hex') }
  })
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path)
      .filter(name => name.endsWith('.sql'))
      .sort()
  } catch (error) {
    throw new OwnMigrationProblem(`${path}: the folder of the migrations cannot be read`, error)
  }
}

/**
 * Applies an agent's own migrations after ours: forward only, one transaction each, under the same lock. Returns the
 * names of those it applied.
 */
export async function migrateOwn(db: Database, folder: string | URL): Promise<string[]> {
  const applied: string[] = []
  for (const migration of listOwnMigrations(folder)) {
    if (await db.transaction(tx => applyOnce(tx, migration))) applied.push(migration.name)
  }
  return applied
}

async function applyOnce(tx: Connection, { name, text, digest }: OwnMigration): Promise<boolean> {
  await lock(tx)
  const [known] = await tx.query<{ digest: string }>(
    'select digest from colloquy.own_migrations where name = $1',
    [name],
  )
  if (known && known.digest !== digest)
    throw new OwnMigrationProblem(
      `${name} has been applied with another text: leave it as it was, and put what changes into a new file`,
    )
  if (known) return false
  await tx.script(text).catch(error => {
    throw isTransient(error)
      ? error
      : new OwnMigrationProblem(`${name}${lineOf(error, text)}: ${reasonOf(error)}`, error)
  })
  await tx.query('insert into colloquy.own_migrations (name, digest) values ($1, $2)', [name, digest])
  return true
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** The line of a SQL error; Postgres counts characters from 1. */
function lineOf(error: unknown, text: string): string {
  const position = error instanceof Error && 'position' in error ? Number(error.position) : Number.NaN
  return position > 0 ? `:${text.slice(0, position).split('\n').length}` : ''
}
