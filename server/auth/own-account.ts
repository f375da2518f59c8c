import type { Database } from '../db/database.ts'
import { asAuthRole } from './auth-role.ts'

/** A user's account as its owner may see it: no password hash and no token. Times are the database's. */
export interface OwnAccount {
  id: string
  name: string
  email: string
  email_verified: boolean
  image: string | null
  created_at: string
  updated_at: string
  sign_in_methods: { provider: string; created_at: string }[]
  sessions: SessionRecord[]
  /** Pending verifications by e-mail, and when they expire. */
  verifications: { created_at: string; expires_at: string }[]
}

type SessionRecord = {
  created_at: string
  updated_at: string
  expires_at: string
  ip_address: string | null
  user_agent: string | null
}

/** A verification contains its user's id or address, as the whole text or within JSON. */
const ofUser = `(identifier in (u.id, u.email) or value in (u.id, u.email)
  or strpos(value, '"' || u.id || '"') > 0 or strpos(value, '"' || u.email || '"') > 0)`

/** Null: a user of an outside issuer, without an account here. */
export const findAccount = (db: Database, userId: string): Promise<OwnAccount | null> =>
  asAuthRole(db, async connection => {
    const [found] = await connection.query<{ account: OwnAccount }>(
      `select json_build_object('id', u.id, 'name', u.name, 'email', u.email, 'email_verified', u."emailVerified",
                'image', u.image, 'created_at', u."createdAt", 'updated_at', u."updatedAt",
                'sign_in_methods', (select coalesce(json_agg(json_build_object('provider', a."providerId",
                    'created_at', a."createdAt") order by a."createdAt"), '[]')
                  from auth.account a where a."userId" = u.id),
                'sessions', (select coalesce(json_agg(json_build_object('created_at', s."createdAt",
                    'updated_at', s."updatedAt", 'expires_at', s."expiresAt", 'ip_address', s."ipAddress",
                    'user_agent', s."userAgent") order by s."createdAt"), '[]')
                  from auth.session s where s."userId" = u.id),
                'verifications', (select coalesce(json_agg(json_build_object('created_at', v."createdAt",
                    'expires_at', v."expiresAt") order by v."createdAt"), '[]')
                  from auth.verification v where ${ofUser})) as account
         from auth."user" u where u.id = $1`,
      [userId],
    )
    return found?.account ?? null
  })

/** Deletes the account with its sessions and sign-in methods, and so signs out everywhere. Idempotent. */
export const deleteAccount = (db: Database, userId: string): Promise<void> =>
  asAuthRole(db, async connection => {
    await connection.query(
      `delete from auth.verification using auth."user" u where u.id = $1 and ${ofUser}`,
      [userId],
    )
    await connection.query('delete from auth."user" where id = $1', [userId])
  })

/** Deletes a batch of expired rows; returns how many of them were sessions. */
export const forgetExpiredSessions = (db: Database, limit: number): Promise<number> =>
  asAuthRole(db, async connection => {
    await connection.query(`set local lock_timeout = '300ms'`)
    await connection.query(
      `delete from auth.attempts where key in (
      select key from auth.attempts where begun_at < now() - interval '1 hour' limit $1)`,
      [limit],
    )
    await connection.query(
      `delete from auth.verification where id in (
      select id from auth.verification where "expiresAt" < now() limit $1)`,
      [limit],
    )
    const gone = await connection.query(
      `delete from auth.session where id in (
         select id from auth.session where "expiresAt" < now() order by "expiresAt" limit $1) returning 1`,
      [limit],
    )
    return gone.length
  })
