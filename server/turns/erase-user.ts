import { deleteAccount } from '../auth/own-account.ts'
import { beginErasure, eraseBatch } from '../store/erasures.ts'
import { TurnLost } from '../store/turns.ts'
import type { Engine } from './engine.ts'

/** The part of the engine that erasure needs; a command without a server has no live turns. */
type Eraser = Pick<Engine, 'db' | 'sweeperDb' | 'live'>

const rowsPerBatch = 500
const patienceMs = 10_000

/**
 * Erases a user and all their data, permanently: from the first commit on, every access as them is refused. Their turns
 * stop, on other instances at the next beat. Returns false when there is too much to finish now and the pulse must do
 * the rest; a repeated request or a crash does not affect that.
 */
export async function eraseUser(eraser: Eraser, userId: string): Promise<boolean> {
  await beginErasure(eraser.sweeperDb, userId)
  for (const turn of eraser.live.values()) {
    if (turn.userId === userId) turn.abort.abort(new TurnLost())
  }
  return finishErasure(eraser, userId)
}

/** Continues an erasure that was begun here or elsewhere. */
export async function finishErasure({ db }: Pick<Eraser, 'db'>, userId: string): Promise<boolean> {
  await deleteAccount(db, userId)
  const startedAt = performance.now()
  while (performance.now() - startedAt < patienceMs) {
    if ((await eraseBatch(db, userId, rowsPerBatch)) === 0) return true
  }
  return false
}
