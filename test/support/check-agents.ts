/** Checks many agents with doctor in one process: `node check-agents.ts <file>…` prints a JSON list of the results. */
import { readConfig } from '../../server/config.ts'
import { checkAgent } from '../../server/doctor.ts'

const said: string[] = []
for (const agent of process.argv.slice(2)) {
  const config = readConfig({ ...process.env, AGENT: agent })
  const [check] = await checkAgent(config)
  said.push(`${check?.ok ? 'ok' : 'FAIL'} ${check?.detail}`)
}
console.log(JSON.stringify(said))
