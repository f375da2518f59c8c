import { setTimeout as wait } from 'node:timers/promises'
import { releaseInstance } from '../store/instances.ts'
import type { Engine } from './engine.ts'
import { TurnReleased } from './turn-ending.ts'

const lookMs = 10
/** For the last answers to get out. */
const goodbyeMs = 2000

/**
 * Lets this instance's turns and requests finish for `graceMs`, then lets go of the rest: another instance takes the turns
 * up at its next beat, from their journals, and who waits for one is told so. A request that has arrived may still make a
 * turn until it is answered. What cannot even let go, as one whose end the database does not take, is left as if the process
 * had died: nobody waits for it.
 */
export async function drain(engine: Engine, graceMs: number, isAnswering = () => false): Promise<void> {
  engine.draining = true
  const isIdle = () => engine.live.size === 0 && !isAnswering()
  await until(isIdle, graceMs)
  await until(() => {
    letGo(engine)
    return isIdle()
  }, goodbyeMs)
}

function letGo({ live, waiting }: Engine): void {
  for (const turn of live.values()) turn.abort.abort(new TurnReleased())
  for (const goOn of waiting) goOn()
}

async function until(isSo: () => boolean, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs
  while (!isSo() && performance.now() < deadline) await wait(lookMs)
}

/** The lease goes, and what the instance still owns is anybody's. */
export const release = (engine: Engine): Promise<void> => releaseInstance(engine.sweeperDb, engine.instanceId)
