import type { Connection } from '../db/database.ts'
import { type Check, failed, passed } from './check.ts'

/** Turns and leases use only the database's clock; the expiry of tokens uses this machine's. */
const toleratedSeconds = 30

/** The database read its clock between request and response; this uncertainty counts in its favour. */
export async function checkClock(db: Connection): Promise<Check> {
  const askedAt = Date.now()
  const [row] = await db.query<{ now: string | number }>(
    'select extract(epoch from clock_timestamp()) * 1000 as now',
  )
  const theirs = Number(row?.now)
  const skewSeconds = Math.max(askedAt - theirs, theirs - Date.now(), 0) / 1000
  return skewSeconds <= toleratedSeconds
    ? passed('clock', `within ${Math.ceil(skewSeconds)} s of the database's`)
    : failed(
        'clock',
        `${Math.round(skewSeconds)} s away from the database's`,
        'let both machines take their time from NTP',
      )
}
