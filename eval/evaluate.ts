import type { Config } from '../server/config.ts'
import { checkModelSettings } from '../server/model-settings.ts'
import { judge } from './judge.ts'
import { UsageError } from './options.ts'
import { playScenario } from './play-scenario.ts'
import type { Scenario } from './scenario-schema.ts'
import type { Verdict } from './score.ts'
import { openStage } from './stage.ts'

/** Plays the scenarios one after the other, since they share a clock, and judges each. */
export async function evaluate(config: Config, scenarios: Scenario[]): Promise<Verdict[]> {
  await using stage = await openStage(config)
  const verdicts: Verdict[] = []
  for (const scenario of scenarios) {
    const played = await playScenario(stage, scenario)
    verdicts.push({ scenario, played, problems: judge(scenario, played) })
  }
  return verdicts
}

/** The settings with another model, where its key and host are known. */
export function withModel(config: Config, spec: string | undefined): Config {
  const model = { ...config.model, spec: spec ?? config.model.spec }
  const problems = checkModelSettings(model)
  if (problems.length > 0) throw new UsageError(problems.join('\n'))
  return { ...config, model }
}

export function selectCategory(scenarios: Scenario[], category: string | undefined): Scenario[] {
  if (category === undefined) return scenarios
  const selected = scenarios.filter(scenario => scenario.category === category)
  if (selected.length > 0) return selected
  const known = [...new Set(scenarios.map(scenario => scenario.category))]
  throw new UsageError(`There is no category "${category}", only ${known.join(', ')}`)
}
