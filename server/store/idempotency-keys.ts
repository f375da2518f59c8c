import { and, eq } from 'drizzle-orm'
import { type Connection, callFunction, type Tx } from '../db/database.ts'
import { idempotencyKeys } from '../db/schema.ts'
import type { Json } from '../turns/event.ts'

/** Keys of single calls, and the expiry of all keys. Keys of turns are written and looked up by accept_turn. */

export interface CallKey {
  userId: string
  /** Prefixed with its protocol's name. */
  key: string
  requestHash: string
}

export type KeptCall = Pick<CallKey, 'requestHash'> & { result: Json | null }

/**
 * The result stored under the key. If there is none, this transaction takes the key: a concurrent request for the same
 * key waits until the transaction commits its result or rolls back.
 */
export async function findOrTakeKey(
  tx: Tx,
  { userId, key, requestHash }: CallKey,
): Promise<KeptCall | undefined> {
  const taken = await tx
    .insert(idempotencyKeys)
    .values({ userId, key, requestHash, result: {} })
    .onConflictDoNothing()
    .returning({ key: idempotencyKeys.key })
  if (taken.length > 0) return undefined
  const [kept] = await tx
    .select({ requestHash: idempotencyKeys.requestHash, result: idempotencyKeys.result })
    .from(idempotencyKeys)
    .where(isKey(userId, key))
  return kept
}

export async function keepResult(tx: Tx, { userId, key }: CallKey, result: Json): Promise<void> {
  await tx.update(idempotencyKeys).set({ result }).where(isKey(userId, key))
}

const isKey = (userId: string, key: string) =>
  and(eq(idempotencyKeys.userId, userId), eq(idempotencyKeys.key, key))

/** Returns how many keys were removed. */
export const forgetKeys = (db: Connection, afterHours: number, limit: number): Promise<number> =>
  callFunction(db, 'forget_keys_v2', [afterHours, limit])
