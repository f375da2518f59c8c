/** Has doctor look at many agents in one process: `node check-agents.ts <file>…` prints a JSON list of what it says. */
import { readConfig } from '../../server/config.ts'
import { checkAgent } from '../../server/doctor.ts'

const said: string[] = []
for (const agent of process.argv.slice(2)) {
  const config = readConfig({ ...process.env, AGENT: agent })
  const [check] = await checkAgent(config)
  said.push(`${check?.ok ? 'ok' : 'FAIL'} ${check?.detail}`)
}
console.log(JSON.stringify(said))
