import { listLastDeltas } from '../store/turn-deltas.ts'
import { persist } from './persist.ts'
import type { Run } from './run.ts'

/** Keeps, with a cancelled answer, text of the previous owner that the user has seen but that was not journaled. */
export async function recallText({ engine, turn, live, journal }: Run): Promise<void> {
  const deltas = await persist(live.abort.signal, () => listLastDeltas(engine.db, turn.user_id, turn.id))
  for (const { kind: type, step, part, delta: text } of deltas) {
    if (part >= journal.parts.length) live.append({ type, step, text }, part)
  }
}
