import { type Connection, callFunction } from '../db/database.ts'

/** Running processes, and the turns they own: migrations/0007-pulse.sql. */

export const renewLease = (db: Connection, instanceId: string, leaseSeconds: number): Promise<void> =>
  callFunction(db, 'renew_lease_v1', [instanceId, leaseSeconds])

export interface ClaimedTurn {
  user_id: string
  id: string
  kind: 'chat' | 'reminder' | 'summary'
}

/** `held`: the turns this instance works on. Any other turn it owns was handed over in a response that was lost. */
export function claimTurns(
  db: Connection,
  instanceId: string,
  { held, orphanSeconds, limit }: { held: string[]; orphanSeconds: number; limit: number },
): Promise<ClaimedTurn[]> {
  return db.query('select user_id, id, kind from colloquy.claim_turns_v2($1, $2::uuid[], $3, $4)', [
    instanceId,
    `{${held.join(',')}}`,
    orphanSeconds,
    limit,
  ])
}

/** A turn that an instance holds, as that instance knows it. */
export interface HeldTurn {
  userId: string
  id: string
  epoch: number
}

/** The held turns it still owns, and whether their cancellation was requested. It must stop any turn not listed. */
export function listHeldTurns(
  db: Connection,
  instanceId: string,
  held: HeldTurn[],
): Promise<{ id: string; epoch: number; cancel_requested: boolean }[]> {
  const asked = held.map(({ userId: user_id, id, epoch }) => ({ user_id, id, epoch }))
  return db.query('select id, epoch, cancel_requested from colloquy.held_turns_v1($1, $2)', [
    instanceId,
    JSON.stringify(asked),
  ])
}

export const forgetInstances = (db: Connection): Promise<void> => callFunction(db, 'forget_instances_v1', [])

export const releaseInstance = (db: Connection, instanceId: string): Promise<void> =>
  callFunction(db, 'release_instance_v1', [instanceId])
