/** `npm run eval`: how well a model does as the task assistant; docs/evaluation.md. */
import { join } from 'node:path'
import { ConfigError, readConfig } from '../server/config.ts'
import { evaluate, selectCategory, withModel } from './evaluate.ts'
import { readOptions, UsageError, usage } from './options.ts'
import { readScenarios, ScenarioError } from './read-scenarios.ts'
import { reportFailure, reportScores } from './report.ts'
import { isEnough, scoreByCategory } from './score.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(args: string[]): Promise<number> {
  try {
    const options = readOptions(args)
    if (options.help) {
      console.log(usage)
      return 0
    }
    const folder = join(import.meta.dirname, options.set)
    const scenarios = selectCategory(readScenarios(folder), options.only)
    const config = withModel(readConfig(), options.model)
    const verdicts = await evaluate(config, scenarios)
    const failures = verdicts.filter(({ problems }) => problems.length > 0)
    for (const failure of failures) console.log(`${reportFailure(failure)}\n`)
    const scores = scoreByCategory(verdicts)
    console.log(`Model ${config.model.spec}\n\n${reportScores(scores)}`)
    return isEnough(scores, options.thresholdPercent) ? 0 : 1
  } catch (error) {
    const isTheirs = [UsageError, ScenarioError, ConfigError].some(kind => error instanceof kind)
    if (!isTheirs) throw error
    for (const line of String(error instanceof Error ? error.message : error).split('\n'))
      console.error('eval:', line)
    return 2
  }
}
