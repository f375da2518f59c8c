import { deleteAccount } from '../auth/own-account.ts'
import { beginErasure, eraseBatch } from '../store/erasures.ts'
import { TurnLost } from '../store/turns.ts'
import type { Engine } from './engine.ts'

/** What erasing needs of a server; a command without one has no turns in its hands. */
type Eraser = Pick<Engine, 'db' | 'sweeperDb' | 'live'>

const rowsPerBatch = 500
const patienceMs = 10_000

/**
 * Erases a user with all they have, for good: from the first commit on nobody is let in as them. Their turns stop, those
 * of other instances at the next beat there. False when there is so much that the pulse has to do the rest; whoever asks
 * again, or a process that dies, changes nothing about that.
 */
export async function eraseUser(eraser: Eraser, userId: string): Promise<boolean> {
  await beginErasure(eraser.sweeperDb, userId)
  for (const turn of eraser.live.values()) {
    if (turn.userId === userId) turn.abort.abort(new TurnLost())
  }
  return finishErasure(eraser, userId)
}

/** The rest of an erasure that was begun, here or elsewhere. */
export async function finishErasure({ db }: Pick<Eraser, 'db'>, userId: string): Promise<boolean> {
  await deleteAccount(db, userId)
  const startedAt = performance.now()
  while (performance.now() - startedAt < patienceMs) {
    if ((await eraseBatch(db, userId, rowsPerBatch)) === 0) return true
  }
  return false
}
