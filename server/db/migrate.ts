import { readdirSync, readFileSync } from 'node:fs'
import { AppError } from '../errors.ts'
import type { Connection, Database } from './database.ts'

const folder = new URL('../../migrations/', import.meta.url)

interface Migration {
  version: number
  name: string
  /** The oldest version of the code, by its newest migration, that still runs on this schema. */
  minCode: number
  text: string
}

/** The migrations that ship with this code, in order. The newest one's version is the code's version. */
export function listMigrations(): Migration[] {
  return readdirSync(folder)
    .filter(file => file.endsWith('.sql'))
    .sort()
    .map(file => {
      const text = readFileSync(new URL(file, folder), 'utf8')
      const minCode = /^-- min_code: (\d+)$/m.exec(text)?.[1]
      if (!minCode) throw new Error(`${file} does not say its min_code`)
      return { version: Number(file.slice(0, 4)), name: file.slice(5, -4), minCode: Number(minCode), text }
    })
}

const codeVersion = () => listMigrations().at(-1)?.version ?? 0

/**
 * Migrates the schema to this code's version, forward only, one transaction per migration. Several processes may do so
 * at once: each takes the same lock for its transaction and then sees what the others have applied. Returns the
 * versions it applied. Throws when the schema needs newer code.
 */
export async function migrate(db: Database): Promise<number[]> {
  await db.transaction(async tx => {
    await lock(tx)
    await tx.script(`create schema if not exists colloquy;
      create table if not exists colloquy.migrations (
        version int not null constraint migrations_pkey primary key, name text not null, min_code int not null,
        applied_at timestamptz not null default now())`)
  })
  const migrations = listMigrations()
  await refuseOldCode(db)
  const applied: number[] = []
  for (const migration of migrations) {
    if (await db.transaction(tx => applyOnce(tx, migration))) applied.push(migration.version)
  }
  return applied
}

/** Lock on schema changes, held until the transaction ends. */
export const lock = (tx: Connection) =>
  tx.query(`select pg_advisory_xact_lock(hashtext('colloquy.migrations'))`)

async function applyOnce(tx: Connection, migration: Migration): Promise<boolean> {
  await lock(tx)
  const known = await tx.query('select from colloquy.migrations where version = $1', [migration.version])
  if (known.length > 0) return false
  await tx.script(migration.text)
  await tx.query('insert into colloquy.migrations (version, name, min_code) values ($1, $2, $3)', [
    migration.version,
    migration.name,
    migration.minCode,
  ])
  return true
}

/** Why this code cannot run on the present schema; undefined when it can. */
export async function findSchemaProblem(db: Connection): Promise<string | undefined> {
  const [made] = await db.query<{ exists: boolean }>(
    `select to_regclass('colloquy.migrations') is not null as exists`,
  )
  if (!made?.exists) return 'The schema has not been made yet'
  const [schema, code] = [await readVersions(db), codeVersion()]
  if (schema.version < code) return `The schema is at ${schema.version} and this code needs ${code}`
  return schema.minCode > code ? tooOld(schema.minCode, code) : undefined
}

async function refuseOldCode(db: Connection): Promise<void> {
  const [{ minCode }, code] = [await readVersions(db), codeVersion()]
  if (minCode > code) throw new AppError('internal', `${tooOld(minCode, code)}: upgrade`)
}

const tooOld = (minCode: number, code: number) =>
  `The schema needs code of at least ${minCode} and this is ${code}`

async function readVersions(db: Connection): Promise<Pick<Migration, 'version' | 'minCode'>> {
  const [row] = await db.query<{ version: number; min_code: number }>(
    'select coalesce(max(version), 0) as version, coalesce(max(min_code), 0) as min_code from colloquy.migrations',
  )
  return { version: row?.version ?? 0, minCode: row?.min_code ?? 0 }
}
