import { setTimeout as wait } from 'node:timers/promises'
import { releaseInstance } from '../store/instances.ts'
import type { Engine } from './engine.ts'
import { TurnReleased } from './turn-ending.ts'

const lookMs = 10
/** Time for the last responses to be sent. */
const goodbyeMs = 2000

/**
 * Lets this instance's turns and requests finish for `graceMs`, then releases the rest: at its next beat another
 * instance takes the turns up from their journals, and requests waiting for one are told so. A request that has already
 * arrived may still create a turn until it is answered. A turn that cannot even be released, for example because the
 * database does not accept its end, is abandoned as if the process had died.
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

/** Gives up the lease; any instance may then claim what this one still owns. */
export const release = (engine: Engine): Promise<void> => releaseInstance(engine.sweeperDb, engine.instanceId)
