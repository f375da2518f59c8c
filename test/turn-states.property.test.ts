import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from './support/database.ts'
import { turnCommands, type World } from './support/turn-commands.ts'
import { TurnModel } from './support/turn-model.ts'
import { readTurnState } from './support/turn-state.ts'

/**
 * The turn's state machine in the database does what its rules say, whatever happens in whatever order: random
 * interleavings, those of processes that no longer own their turn among them, compared with a model after every command.
 * A failure prints its seed and the shortest sequence found; give the seed back as SEED to see it again.
 */

const queueLimit = 3
const timeLimitMs = 15_000

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

async function begin(): Promise<{ model: TurnModel; real: World }> {
  const { db } = database
  await db.query('delete from colloquy.conversations')
  await db.query('delete from colloquy.idempotency_keys')
  await db.query('delete from colloquy.instances')
  const model = new TurnModel(`user-${randomUUID()}`, queueLimit)
  const instances: World['instances'] = [randomUUID(), randomUUID(), randomUUID()]
  return { model, real: { db, instances, state: await readTurnState(db, model.userId) } }
}

test('every interleaving leaves the database as the model of the turn has it', async () => {
  let ran = 0
  const property = fc.asyncProperty(
    fc.commands(turnCommands, { maxCommands: 80, size: 'max' }),
    async commands => {
      const { model, real } = await begin()
      await fc.asyncModelRun(() => ({ model, real }), commands)
      ran += 1
    },
  )
  const seed = Number(process.env.SEED) || Date.now()
  await fc.assert(property, {
    seed,
    numRuns: 1000,
    interruptAfterTimeLimit: timeLimitMs,
    plugins: [fc.unbiased()],
  })
  console.log(`${ran} sequences, seed ${seed}`)
  expect(ran).toBeGreaterThan(0)
})
