/** `npm run bench:plans`: fills a database with a million conversations and ten million messages, and reads the plans. */
import { readPlans } from './plans.ts'
import { seed } from './seed.ts'
import { openBenchPostgres } from './world.ts'

const conversations = Number(process.argv[2] ?? 1_000_000)
const whole = /^Seq Scan.* on (turns|messages|conversations|tool_calls|idempotency_keys)$/

await using server = await openBenchPostgres()
const url = await seed(server.url, 'bench_plans', { conversations, messagesEach: 10 })
const plans = await readPlans(url)
for (const { statement, scans, milliseconds } of plans) {
  console.log(`${milliseconds.toFixed(3).padStart(8)} ms  ${statement.slice(0, 110)}`)
  for (const scan of scans) console.log(`             ${scan}`)
}
const bad = plans.filter(plan => plan.scans.some(scan => whole.test(scan)))
console.log(`${plans.length} statements, ${bad.length} of them read a whole table`)
process.exitCode = plans.length > 10 && bad.length === 0 ? 0 : 1
