import { createHmac } from 'node:crypto'
import type { Database } from '../db/database.ts'
import { asAuthRole } from './auth-role.ts'

export interface AttemptLimit {
  /** What is counted: attempts from an address on a path, or into an account. */
  key: string
  /** In seconds; windows are aligned to the database's clock. */
  window: number
  max: number
}

/**
 * Counts an attempt before it is made, across all instances, and returns after how many seconds it may be made; 0: now.
 * Addresses and names are not stored: the key is a digest keyed with the secret.
 */
export async function countAttempt(
  { db, secret }: { db: Database; secret: string },
  { key, window, max }: AttemptLimit,
): Promise<number> {
  const digest = createHmac('sha256', secret).update(`attempt ${key}`).digest('base64url')
  const [counted] = await asAuthRole(db, connection =>
    connection.query<{ attempts: number; left: number }>(
      `insert into auth.attempts as a (key, begun_at, attempts)
       values ($1, to_timestamp(floor(extract(epoch from now()) / $2::int) * $2::int), 1)
       on conflict (key) do update
         set attempts = case when a.begun_at < excluded.begun_at then 1 else least(a.attempts, $3::int) + 1 end,
             begun_at = greatest(a.begun_at, excluded.begun_at)
       returning attempts, ceil(extract(epoch from begun_at - now()) + $2::int)::int as left`,
      [digest, window, max],
    ),
  )
  return counted && counted.attempts > max ? Math.max(1, counted.left) : 0
}
