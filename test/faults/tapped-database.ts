import type { Database } from '../../server/db/database.ts'
import { openPostgres, type PostgresOptions } from '../../server/db/postgres.ts'
import { createPostgresDatabase } from '../support/database.ts'
import { Points } from './points.ts'
import { PostgresTap } from './postgres-tap.ts'

export interface Tapped extends AsyncDisposable {
  db: Database
  tap: PostgresTap
  points: Points
  /** URLs of the database around the tap, and through it. */
  directUrl: string
  url: string
}

/** A pool of two connections behind a tap. */
export async function openTapped(options: Partial<PostgresOptions> = {}): Promise<Tapped> {
  await using opened = new AsyncDisposableStack()
  const database = await createPostgresDatabase()
  opened.defer(() => database.drop())
  const points = new Points()
  const url = new URL(database.url)
  const postgres = { host: url.hostname, port: Number(url.port) }
  const tap = new PostgresTap({ slot: 0, points, postgres })
  await tap.listen()
  opened.defer(() => tap.close())
  url.port = String(tap.port)
  const db = openPostgres({ url: url.href, poolSize: 2, connectTimeoutSeconds: 5, ...options })
  opened.defer(() => db.close())
  const stack = opened.move()
  return {
    db,
    tap,
    points,
    directUrl: database.url,
    url: url.href,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
