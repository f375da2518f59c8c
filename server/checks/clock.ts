import type { Connection } from '../db/database.ts'
import { type Check, failed, passed } from './check.ts'

/** Turns and leases go by the database's clock alone, the expiry of tokens by this machine's. */
const toleratedSeconds = 30

/** The answer was made some time between question and arrival: the doubt is on our side. */
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
