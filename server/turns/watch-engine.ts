import type { Database } from '../db/database.ts'
import { countOpenTurns } from '../store/open-turns.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Engine } from './engine.ts'

/** How long a scrape waits for the database to count the turns. */
const patienceMs = 2_000

/** Gauges that are read from the engine when metrics are requested. */
export function watchEngine(metrics: Metrics, engine: Engine, pulse: { readonly lagSeconds: number }): void {
  metrics.gauge('turns_live', 'Turns this instance works on', { read: () => [{ value: engine.live.size }] })
  metrics.gauge('turns_open', 'Turns in the database that are not over; the same at every instance', {
    labels: ['state'],
    aggregate: 'max',
    read: () => readOpenTurns(engine.sweeperDb),
  })
  metrics.gauge('pulse_lag_seconds', 'How much later than due the lease was not renewed yet', {
    aggregate: 'max',
    read: () => [{ value: pulse.lagSeconds }],
  })
  metrics.gauge('draining', '1 while the instance finishes what it has', {
    read: () => [{ value: engine.draining ? 1 : 0 }],
  })
  const pools = { requests: engine.db, sweeper: engine.sweeperDb }
  metrics.gauge('database_connections', 'Connections of a pool that are open', {
    labels: ['pool', 'state'],
    read: () =>
      readPools(pools, (pool, { inUse, idle }) => [
        { pool, state: 'in_use', value: inUse },
        { pool, state: 'idle', value: idle },
      ]),
  })
  metrics.gauge('database_waiting', 'Who waits for a connection of a pool', {
    labels: ['pool'],
    read: () => readPools(pools, (pool, { waiting }) => [{ pool, value: waiting }]),
  })
}

type PoolUse = NonNullable<ReturnType<NonNullable<Database['poolUse']>>>

/** The embedded database has no pool. */
const readPools = <T>(pools: Record<string, Database>, show: (pool: string, use: PoolUse) => T[]): T[] =>
  Object.entries(pools).flatMap(([pool, db]) => (db.poolUse ? show(pool, db.poolUse()) : []))

/** Undefined while the database is unavailable: no value is better than a stale one. */
async function readOpenTurns(db: Database) {
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(late.resolve, patienceMs)
  try {
    const open = await Promise.race([countOpenTurns(db), late.promise])
    return open && Object.entries(open).map(([state, value]) => ({ state, value: Number(value) }))
  } catch {
    return undefined // not reported here: requests and the pulse report it
  } finally {
    clearTimeout(timer)
  }
}
