import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createPostgresDatabase } from '../support/database.ts'
import { play } from './play.ts'
import { Report } from './report.ts'
import { randomSchedule } from './schedule.ts'
import { openWorld, type World } from './world.ts'

/** The short form: three processes, as many schedules as a minute allows. The long one: npm run test:faults. */
describe.skipIf(inject('engine') !== 'postgres')('three processes on one database', () => {
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

  test('keep every promise under random faults', { timeout: 120_000 }, async () => {
    const report = new Report()
    let seed = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000_000)
    console.log(`seed ${seed}`)
    for (; report.struck < 20; seed += 1) {
      const schedule = randomSchedule(seed)
      report.add(schedule, await play(world, schedule))
    }
    expect(report.violations).toEqual([])
    expect(report.struck).toBeGreaterThanOrEqual(20)
  })
})
