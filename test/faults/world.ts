import type { Database } from '../../server/db/database.ts'
import { openPostgres } from '../../server/db/postgres.ts'
import { Fleet } from './fleet.ts'
import { type Outside, openOutside } from './outside.ts'
import { Points } from './points.ts'
import { fleetSize } from './schedule.ts'

/** A fleet on one Postgres, everything it reaches, and a superuser's direct connection to the database. */
export interface World extends AsyncDisposable {
  fleet: Fleet
  points: Points
  outside: Outside
  sql: Database
}

/** `databaseUrl`: a migrated, empty database, with a superuser's access. */
export async function openWorld(databaseUrl: string, environment?: Record<string, string>): Promise<World> {
  await using opened = new AsyncDisposableStack()
  const points = new Points()
  const outside = opened.use(await openOutside(points))
  const sql = openPostgres({ url: databaseUrl, poolSize: 2, connectTimeoutSeconds: 10 })
  opened.defer(() => sql.close())
  const fleet = opened.use(
    new Fleet({ databaseUrl, size: fleetSize, outside, points, ...(environment ? { environment } : {}) }),
  )
  await fleet.start()
  const stack = opened.move()
  return { fleet, points, outside, sql, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

/** Expires a lease, as if its time had passed on the database's clock. */
export async function expireLease({ sql }: World, instanceId: string | undefined): Promise<void> {
  if (instanceId === undefined) return
  await sql.query(`update colloquy.instances set lease_until = now() - interval '1 second' where id = $1`, [
    instanceId,
  ])
}

/** How many turns an instance still owns, according to the database. */
export async function countOwned({ sql }: World, instanceId: string | undefined): Promise<number> {
  if (instanceId === undefined) return 0
  const [row] = await sql.query<{ count: number }>(
    `select count(*)::int as count from colloquy.turns where owner = $1 and status = 'running'`,
    [instanceId],
  )
  return row?.count ?? 0
}
