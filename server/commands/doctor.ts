import { runChecks } from '../doctor.ts'
import type { Command } from './command.ts'

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Checks everything that "serve" needs, and says how to put right what fails',
  help: 'It changes nothing. The exit code is 1 when a check fails.',
  options: [],
  run: async () => {
    const checks = await runChecks()
    for (const { name, ok, detail, remedy } of checks) {
      console.log(`${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(20)}${detail}`)
      if (!ok && remedy) console.log(`      ${'→ '.padStart(20)}${remedy}`)
    }
    const failures = checks.filter(check => !check.ok).length
    console.log(
      failures === 0 ? `All ${checks.length} checks passed` : `${failures} of ${checks.length} checks failed`,
    )
    return failures === 0 ? 0 : 1
  },
}
