import type { Played } from './play-scenario.ts'
import type { Scenario } from './scenario-schema.ts'

export interface Verdict {
  scenario: Scenario
  played: Played
  /** None: passed. */
  problems: string[]
}

export interface CategoryScore {
  category: string
  critical: boolean
  passed: number
  total: number
}

/** In the order in which the categories come. */
export function scoreByCategory(verdicts: Verdict[]): CategoryScore[] {
  const scores = new Map<string, CategoryScore>()
  for (const { scenario, problems } of verdicts) {
    const { category, critical } = scenario
    const score = scores.get(category) ?? { category, critical, passed: 0, total: 0 }
    score.total += 1
    if (problems.length === 0) score.passed += 1
    scores.set(category, score)
  }
  return [...scores.values()]
}

export const percentOf = ({ passed, total }: { passed: number; total: number }): number =>
  total === 0 ? 0 : (100 * passed) / total

export const overall = (scores: CategoryScore[]) => ({
  passed: scores.reduce((sum, { passed }) => sum + passed, 0),
  total: scores.reduce((sum, { total }) => sum + total, 0),
})

export const isEnough = (scores: CategoryScore[], thresholdPercent: number): boolean =>
  percentOf(overall(scores)) >= thresholdPercent &&
  scores.every(({ critical, passed, total }) => !critical || passed === total)
