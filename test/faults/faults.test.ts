import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPostgresDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'
import { Client } from './client.ts'
import { violations } from './invariants.ts'
import type { Deed } from './plan.ts'
import { play } from './play.ts'
import { allPoints } from './points.ts'
import { Random } from './random.ts'
import { readRecords } from './records.ts'
import { Report } from './report.ts'
import { faultKinds, type Post, randomSchedule, scheduleAt, suits } from './schedule.ts'
import { countOwned, expireLease, openWorld, type World } from './world.ts'

/**
 * Three processes on one Postgres. The short form of the fault suite: one fault at every other point; the seed decides
 * which points and which kinds. The long form: npm run test:faults.
 */
describe('three processes on one database', () => {
  let world: World
  let drop: () => Promise<void>

  beforeAll(async () => {
    const database = await createPostgresDatabase()
    drop = database.drop
    world = await openWorld(database.url)
  })

  afterAll(async () => {
    await world[Symbol.asyncDispose]()
    await drop()
  })

  test('keep every promise with a fault at any point', { timeout: 180_000 }, async () => {
    let seed = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000_000)
    console.log(`FAULT_SEED=${seed}`)
    const random = new Random(seed)
    const report = new Report()
    const points = allPoints.filter((_, i) => i % 2 === seed % 2)
    for (const point of points) {
      const kind = random.pick(faultKinds.filter(each => suits(each, point)))
      const schedule = scheduleAt(point, kind, { seed: seed++ })
      report.add(schedule, await play(world, schedule))
    }
    for (let more = 0; more < 3; more += 1) {
      const schedule = randomSchedule(seed++)
      report.add(schedule, await play(world, schedule))
    }
    expect(report.violations).toEqual([])
    expect(report.struck).toBeGreaterThan(points.length * 0.9)
  })

  test('let a process that was thought dead write nothing when it wakes', async () => {
    const { fleet, points, outside } = world
    const zoe = new Client(fleet, 'zombie')
    const atFinish = points.arm('finish_turn:before', 1)
    const answered = zoe.post(post('zombie', [['add', 'outside']]), 'zombie')
    const held = await atFinish
    const zombie = fleet.slot(held.slot)
    zombie.child?.kill('SIGSTOP')
    await expireLease(world, zombie.tap.instanceId)
    await until('a take-over', async () => (await countOwned(world, zombie.tap.instanceId)) === 0)
    zoe.hangUp()
    const told = await answered
    const ended = await readRecords(world, zoe.userId)
    expect(ended.turns).toMatchObject([{ status: 'completed', epoch: 2 }])

    // It wakes: the statement it was about to send arrives now, and so does everything it does afterwards.
    zombie.child?.kill('SIGCONT')
    const renewed = points.arm('renew_lease:after', 1)
    held.resume()
    ;(await renewed).resume()
    await fleet.whole()
    const after = await readRecords(world, zoe.userId)
    expect(after).toEqual(ended)
    expect([...violations(after, [told], outside.effects)]).toEqual([])
    // Its connections may still turn out to be broken, one at a time.
    await fleet.kill(zombie)
    await fleet.whole()
  })

  test('take over what they can while a turn is still locked', async () => {
    const { fleet, points, sql } = world
    const [ann, ben] = [new Client(fleet, 'locked'), new Client(fleet, 'free')]
    const midway = points.arm('model:midway', 1)
    const annAnswered = ann.post(post('locked', []), 'locked')
    const annHeld = await midway
    const alsoMidway = points.arm('model:midway', 1)
    const benAnswered = ben.post(post('free', []), 'free')
    const benHeld = await alsoMidway
    expect(benHeld.slot).toBe(annHeld.slot)
    const slot = fleet.slot(annHeld.slot)
    const { instanceId } = slot.tap
    await sql.transaction(async tx => {
      await tx.query(`select from colloquy.turns where user_id = 'locked' for update`)
      await fleet.kill(slot)
      await expireLease(world, instanceId)
      expect(await benAnswered).toMatchObject({ outcome: { status: 'completed' } })
      expect(await countOwned(world, instanceId)).toBe(1)
    })
    expect(await annAnswered).toMatchObject({ outcome: { status: 'completed' } })
    await fleet.whole()
  })

  test('do not refuse a message because its own acceptance was lost on the way back', async () => {
    const { fleet, points } = world
    const cat = new Client(fleet, 'without-key')
    const { conversationId } = await cat.post(post('first', []), 'first')
    const accepted = points.arm('accept_turn:after', 1)
    const answered = cat.post({ ...post('second', []), ifBusy: 'reject' }, undefined, conversationId)
    const { sever } = await accepted
    sever()
    expect(await answered).toMatchObject({ outcome: { status: 'completed', response: 'rsecond is done.' } })
    expect((await readRecords(world, cat.userId)).turns).toHaveLength(2)
  })

  test('answer 200 simultaneous posts to one conversation in their order', async () => {
    const many = new Client(world.fleet, 'many')
    const first = await many.post(post('many-0', []), 'many-0')
    const posts = Array.from({ length: 200 }, (_, i) => ({ ...post(`many-${i + 1}`, []), to: i % 3 }))
    const told = await Promise.all(
      posts.map((each, i) => many.post(each, `many-${i + 1}`, first.conversationId)),
    )
    const records = await readRecords(world, many.userId)
    expect([...violations(records, [first, ...told], world.outside.effects)]).toEqual([])
    expect(records.messages).toHaveLength(2 * 201)
    expect(records.messages.map(message => message.seq)).toEqual(Array.from({ length: 402 }, (_, i) => i + 1))
    expect(told.filter(({ outcome }) => outcome?.status === 'completed')).toHaveLength(200)
  })

  test('make one turn of 200 duplicates of a post', async () => {
    const twice = new Client(world.fleet, 'duplicates')
    const one = post('duplicate', [['add', 'outside']])
    const told = await Promise.all(
      Array.from({ length: 200 }, (_, i) => twice.post({ ...one, to: i % 3 }, 'duplicate')),
    )
    const records = await readRecords(world, twice.userId)
    expect(records.turns).toHaveLength(1)
    expect(records.tasks).toHaveLength(1)
    for (const { outcome } of told) expect(outcome).toEqual(told[0]?.outcome)
    expect([...violations(records, told, world.outside.effects)]).toEqual([])
  })

  test('leave no lease behind when they go', async () => {
    const { fleet, sql } = world
    for (const slot of fleet.slots) await fleet.terminate(slot)
    await fleet.whole()
    const living = fleet.slots.map(({ tap }) => tap.instanceId).toSorted()
    await until('the dead to be forgotten', async () => {
      const rows = await sql.query<{ id: string }>('select id from colloquy.instances')
      return JSON.stringify(rows.map(({ id }) => id).toSorted()) === JSON.stringify(living)
    })
  })
})

const post = (label: string, steps: Deed[][]): Post => ({
  plan: { label: `r${label}`, steps },
  ...{ to: 0, ifBusy: 'enqueue', asEvents: false },
})
