import { parseArgs } from 'node:util'
import { migrate } from '../../server/db/migrate.ts'
import { openPostgres } from '../../server/db/postgres.ts'
import { startPostgresServer } from '../support/postgres-server.ts'
import { play } from './play.ts'
import { describePlayed, Report } from './report.ts'
import { randomSchedule } from './schedule.ts'
import { fleetSize, openWorld } from './world.ts'

/**
 * The long form of the fault suite: schedules from a seed until so many faults have struck.
 *
 *     npm run test:faults -- --faults 500 --seed 1 --each
 */
const { values } = parseArgs({
  options: {
    faults: { type: 'string', default: '500' },
    each: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
  },
})
const wanted = Number(values.faults)
let seed = Number(values.seed)
console.log(`${wanted} faults, seed ${seed}`)

await using server = await startPostgresServer()
const url = `${server.url}/postgres`
const db = openPostgres({ url, poolSize: 1, connectTimeoutSeconds: 10 })
await migrate(db)
await db.close()
await using world = await openWorld(url)
const report = new Report()
for (; report.struck < wanted; seed += 1) {
  const schedule = randomSchedule(seed, fleetSize)
  try {
    const played = await play(world, schedule)
    report.add(schedule, played)
    if (values.each) console.log(describePlayed(schedule, played))
  } catch (error) {
    report.addFailure(schedule, error)
    break // what has not ended would disturb the next
  }
}
report.print()
process.exitCode = report.isClean ? 0 : 1
