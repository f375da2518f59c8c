import { type Connection, callFunction } from '../db/database.ts'

/** Running processes, and the turns they own: migrations/0007-pulse.sql. */

export const renewLease = (db: Connection, instanceId: string, leaseSeconds: number): Promise<void> =>
  callFunction(db, 'renew_lease_v1', [instanceId, leaseSeconds])

/** `held`: the turns this instance works on. Another that is its own was handed over in an answer that got lost. */
export function claimTurns(
  db: Connection,
  instanceId: string,
  { held, orphanSeconds, limit }: { held: string[]; orphanSeconds: number; limit: number },
): Promise<{ user_id: string; id: string }[]> {
  return db.query('select user_id, id from colloquy.claim_turns_v1($1, $2::uuid[], $3, $4)', [
    instanceId,
    `{${held.join(',')}}`,
    orphanSeconds,
    limit,
  ])
}

/** The turns of this instance that someone asked to stop. */
export const listCancelRequests = (db: Connection, instanceId: string): Promise<{ id: string }[]> =>
  db.query('select id from colloquy.cancel_requests_v1($1)', [instanceId])

export const forgetInstances = (db: Connection): Promise<void> => callFunction(db, 'forget_instances_v1', [])

export const releaseInstance = (db: Connection, instanceId: string): Promise<void> =>
  callFunction(db, 'release_instance_v1', [instanceId])
