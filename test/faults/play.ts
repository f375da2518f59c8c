import { until } from '../support/until.ts'
import { Client, type Told } from './client.ts'
import { violations } from './invariants.ts'
import type { Hit } from './points.ts'
import { readRecords } from './records.ts'
import type { Fault, Schedule } from './schedule.ts'
import { type Struck, strike } from './strike.ts'
import type { World } from './world.ts'

export interface Played {
  /** The faults that struck; a point that no work reached does not count. */
  struck: (Struck & { fault: Fault })[]
  violations: string[]
  milliseconds: number
}

/** Plays a schedule: waits until everything is answered and idle, then checks everything that must hold. */
export async function play(world: World, schedule: Schedule): Promise<Played> {
  const { fleet, outside } = world
  const begun = performance.now()
  const client = new Client(fleet, `user-${schedule.name}`)
  const over = Promise.withResolvers<undefined>()
  const faults = strikeAll(world, client, { schedule, over: over.promise })
  let told: Told[] = []
  try {
    told = await sayAll(client, schedule)
    await still(world, client.userId)
  } finally {
    over.resolve(undefined)
  }
  const { struck, problems } = await faults
  const duplicates = await client.duplicateAnswers()
  await fleet.whole()
  await still(world, client.userId)
  const found = [...violations(await readRecords(world, client.userId), told, outside.effects)]
  for (const { status, body } of duplicates) {
    const isTold = told.some(({ turnId }) => turnId === body.turn_id)
    if (status < 300 ? !isTold : status !== 409)
      found.push(`a duplicate was told ${status} ${JSON.stringify(body)}`)
  }
  found.push(...problems, ...client.neglected, ...fleet.deaths.splice(0))
  return { struck, violations: found, milliseconds: Math.round(performance.now() - begun) }
}

async function sayAll(client: Client, { name, posts, together }: Schedule): Promise<Told[]> {
  const [first, ...rest] = posts
  if (!first) return []
  const opening = await client.post(first, `${name}-0`)
  const { conversationId } = opening
  const say = (post: Schedule['posts'][number], i: number) =>
    client.post(post, `${name}-${i + 1}`, conversationId)
  if (together) return [opening, ...(await Promise.all(rest.map(say)))]
  const told = [opening]
  for (const [i, post] of rest.entries()) told.push(await say(post, i))
  return told
}

/**
 * Each fault waits for the previous one to strike, but not for it to be over: a process may be hit while it recovers.
 */
async function strikeAll(
  world: World,
  client: Client,
  { schedule, over }: { schedule: Schedule; over: Promise<undefined> },
): Promise<{ struck: Played['struck']; problems: string[] }> {
  const striking: Promise<Played['struck'][number]>[] = []
  for (const fault of schedule.faults) {
    const armed = world.points.arm(fault.point, fault.nth)
    const hit: Hit | undefined = await Promise.race([over, armed])
    if (!hit) {
      world.points.disarm()
      void armed.then(late => late.resume())
      break
    }
    striking.push(strike(world, client, { fault, hit }).then(struck => ({ fault, ...struck })))
  }
  const strikes = await Promise.allSettled(striking)
  return {
    struck: strikes.flatMap(each => (each.status === 'fulfilled' ? each.value : [])),
    problems: strikes.flatMap(each => (each.status === 'rejected' ? String(each.reason) : [])),
  }
}

/** Waits until no turn of the user is running or queued. */
async function still({ sql }: World, userId: string): Promise<void> {
  await until(`the turns of ${userId} to end`, async () => {
    const open = await sql.query(
      `select from colloquy.turns where user_id = $1 and status in ('queued', 'running')`,
      [userId],
    )
    return open.length === 0
  })
}
