import { rmSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../server/db/migrate.ts'
import { pgliteDatabase } from '../../server/db/pglite.ts'
import { openPostgres } from '../../server/db/postgres.ts'
import { startPostgresServer } from './postgres-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    engine: 'pglite' | 'postgres'
    /** Postgres: a superuser's URL without a database; PGlite: the file of a migrated data folder. */
    template: string
  }
}

/** Migrates once; every test file starts with a copy. */
export default function setup(project: TestProject): Promise<() => Promise<void>> {
  return project.config.env.TEST_ENGINE === 'postgres' ? postgresTemplate(project) : pgliteTemplate(project)
}

async function postgresTemplate(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL
  const server = given ? undefined : await startPostgresServer()
  const url = (given ?? server?.url ?? '').replace(/\/+$/, '')
  const admin = postgres(`${url}/postgres`, { max: 1, onnotice: () => {} })
  await admin.unsafe('drop database if exists colloquy_template')
  await admin.unsafe('create database colloquy_template')
  await admin.end()
  const db = openPostgres({ url: `${url}/colloquy_template`, poolSize: 1, connectTimeoutSeconds: 10 })
  await migrate(db)
  await db.close()
  project.provide('template', url)
  return async () => server?.[Symbol.asyncDispose]()
}

async function pgliteTemplate(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'colloquy-pglite-'))
  const client = await PGlite.create()
  await migrate(pgliteDatabase(client))
  const dump = await client.dumpDataDir('none')
  await client.close()
  const file = join(folder, 'migrated.tar')
  await writeFile(file, Buffer.from(await dump.arrayBuffer()))
  project.provide('template', file)
  return async () => rmSync(folder, { recursive: true, force: true })
}
