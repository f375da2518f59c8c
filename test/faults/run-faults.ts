import { parseArgs } from 'node:util'
import { migrate } from '../../server/db/migrate.ts'
import { openPostgres } from '../../server/db/postgres.ts'
import { startPostgresServer } from '../support/postgres-server.ts'
import { play } from './play.ts'
import { allPoints } from './points.ts'
import { describePlayed, Report } from './report.ts'
import { faultKinds, randomSchedule, scheduleAt, suits } from './schedule.ts'
import { openWorld } from './world.ts'

/**
 * The long form of the fault suite: schedules from a seed until a number of faults have struck. `--random` skips the
 * round of every fault at every point; `--each` reports each schedule.
 *
 *     npm run test:faults -- --faults 500 --seed 1 --each
 */
const { values } = parseArgs({
  options: {
    faults: { type: 'string', default: '500' },
    random: { type: 'boolean', default: false },
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
for (const schedule of schedules()) {
  if (report.struck >= wanted) break
  try {
    const played = await play(world, schedule)
    report.add(schedule, played)
    if (values.each) console.log(describePlayed(schedule, played))
  } catch (error) {
    report.addFailure(schedule, error)
    break // unfinished work would disturb the next
  }
}
report.print()
process.exitCode = report.isClean ? 0 : 1

/** Every fault at every point, then random ones. */
function* schedules() {
  if (!values.random)
    for (const point of allPoints)
      for (const kind of faultKinds)
        if (suits(kind, point)) yield scheduleAt(point, kind, { seed: seed++, inRealTime: kind === 'kill' })
  for (;;) yield randomSchedule(seed++)
}
