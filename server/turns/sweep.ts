import { forgetExpiredSessions } from '../auth/own-account.ts'
import { isTransient, isUserErased } from '../db/failure.ts'
import { listUnfinishedErasures } from '../store/erasures.ts'
import { forgetKeys } from '../store/idempotency-keys.ts'
import { forgetConversation, listIdleConversations } from '../store/idle-conversations.ts'
import { forgetInstances } from '../store/instances.ts'
import { forgetDeltas } from '../store/turn-deltas.ts'
import type { Engine } from './engine.ts'
import { finishErasure } from './erase-user.ts'

const deltasKeptSeconds = 60
const keysKeptHours = 48
const rowsPerBatch = 500
const batchesPerSweep = 20
const erasuresPerSweep = 10

/**
 * Removes what is no longer needed or may no longer be kept: in small batches, so that nobody waits for one, and in
 * limited number, so that other instances share the work. A failing task does not hold up the others and is retried by
 * the next sweep.
 */
export async function sweep(engine: Engine): Promise<void> {
  const { sweeperDb } = engine
  const forget = [
    () => forgetInstances(sweeperDb),
    () => finishErasures(engine),
    () => inBatches(limit => forgetDeltas(sweeperDb, deltasKeptSeconds, limit)),
    () => inBatches(limit => forgetKeys(sweeperDb, keysKeptHours, limit)),
    () => inBatches(limit => forgetExpiredSessions(sweeperDb, limit)),
    () => forgetConversations(engine),
  ]
  for (const work of forget) {
    await work().catch(error => engine.log.warn({ err: error }, 'sweep postponed'))
  }
}

async function inBatches(forget: (limit: number) => Promise<number>): Promise<void> {
  for (let batch = 0; batch < batchesPerSweep; batch += 1) {
    if ((await forget(rowsPerBatch)) < rowsPerBatch) return
  }
}

/** Erasures left unfinished by processes that died or ran out of time. */
async function finishErasures(engine: Engine): Promise<void> {
  for (const userId of await listUnfinishedErasures(engine.sweeperDb, erasuresPerSweep)) {
    await finishErasure(engine, userId).catch(error =>
      engine.log.error({ err: error, user_id: userId }, 'erasure postponed'),
    )
  }
}

/** Each runs in its user's own transaction: the sweeper's role has no access to messages. */
async function forgetConversations({ db, sweeperDb, retentionDays }: Engine): Promise<void> {
  if (retentionDays === 0) return
  for (const { user_id: userId, id } of await listIdleConversations(sweeperDb, retentionDays, rowsPerBatch)) {
    await forgetConversation(db, { userId, id }, retentionDays).catch(error => {
      if (!isTransient(error) && !isUserErased(error)) throw error
    })
  }
}
