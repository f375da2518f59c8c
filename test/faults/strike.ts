import { until } from '../support/until.ts'
import type { Client } from './client.ts'
import type { Slot } from './fleet.ts'
import type { Hit } from './points.ts'
import type { Fault } from './schedule.ts'
import { countOwned, expireLease, type World } from './world.ts'

/** What a fault did. `recoveryMs`: from the kill to the commit in which the last of its turns got another owner. */
export interface Struck {
  recoveryMs?: number
}

/** Applies a fault to a process while its work is held. */
export async function strike(
  world: World,
  client: Client,
  { fault, hit }: { fault: Fault; hit: Hit },
): Promise<Struck> {
  const slot = world.fleet.slot(hit.slot)
  switch (fault.kind) {
    case 'kill':
      return kill(world, slot, fault)
    case 'pause':
      return suspend(world, slot, {
        fault,
        hit,
        stop: () => slot.child?.kill('SIGSTOP'),
        goOn: () => slot.child?.kill('SIGCONT'),
      })
    case 'partition':
      return suspend(world, slot, {
        fault,
        hit,
        stop: () => slot.tap.shut(),
        goOn: () => slot.tap.open(),
      })
    case 'terminate':
      if (!fault.late || hit.backendPid !== undefined) hit.resume()
      await world.fleet.terminate(slot)
      hit.resume()
      return {}
    case 'sever':
      hit.sever()
      return {}
    case 'severAll':
      slot.tap.severAll()
      hit.resume()
      return {}
    case 'backend':
      await world.sql.query('select pg_terminate_backend($1)', [hit.backendPid])
      hit.resume()
      return {}
    case 'hangUp':
      client.hangUp()
      hit.resume()
      return {}
    case 'duplicate':
      client.duplicate()
      hit.resume()
      return {}
  }
}

async function kill(world: World, slot: Slot, fault: Fault): Promise<Struck> {
  const { instanceId } = slot.tap
  const killedAt = performance.now()
  await world.fleet.kill(slot)
  slot.tap.severAll()
  if (!fault.inRealTime) await expireLease(world, instanceId)
  const owned = await countOwned(world, instanceId)
  if (owned === 0 || !fault.inRealTime) return {}
  await until('a take-over', async () => (await countOwned(world, instanceId)) === 0)
  return { recoveryMs: performance.now() - killedAt }
}

interface Suspension {
  fault: Fault
  hit: Hit
  stop(): void
  goOn(): void
}

/**
 * Suspends a process until others own all its turns. Its held work continues during the suspension, or with `late`
 * after.
 */
async function suspend(world: World, slot: Slot, { fault, hit, stop, goOn }: Suspension): Promise<Struck> {
  const { instanceId } = slot.tap
  stop()
  if (!fault.late) hit.resume()
  if (!fault.inRealTime) await expireLease(world, instanceId)
  try {
    await until('a take-over', async () => (await countOwned(world, instanceId)) === 0)
  } finally {
    goOn()
    hit.resume()
  }
  return {}
}
