import { describeCalls } from './judge.ts'
import { type CategoryScore, overall, percentOf, type Verdict } from './score.ts'

/** A table, as it reads on a terminal and in Markdown. */
export function reportScores(scores: CategoryScore[]): string {
  const rows = scores.map(({ category, critical, ...score }) =>
    row(critical ? `${category} (critical)` : category, score),
  )
  return [
    `| ${'Category'.padEnd(width)} | Passed |       % |`,
    `| ${'-'.repeat(width)} | -----: | ------: |`,
    ...rows,
    row('**all**', overall(scores)),
  ].join('\n')
}

const width = 46

const row = (name: string, score: { passed: number; total: number }): string =>
  `| ${name.padEnd(width)} | ${`${score.passed}/${score.total}`.padStart(6)} | ${percentOf(score).toFixed(1).padStart(7)} |`

/** The conversation as it went, and what was expected of it. */
export function reportFailure({ scenario, played, problems }: Verdict): string {
  const tasks = scenario.tasks.map(
    ({ title, completed }, index) => `${index + 1} ${title}${completed ? ' (completed)' : ''}`,
  )
  return [
    `✗ ${scenario.category}: ${scenario.name}  [${scenario.file}]`,
    ...(tasks.length > 0 ? [`  tasks: ${tasks.join(' · ')}`] : []),
    ...played.turns.flatMap(({ say, response, calls }) => [
      `  user:      ${say}`,
      ...(calls.length > 0 ? [`  calls:     ${describeCalls(calls)}`] : []),
      `  assistant: ${response.replaceAll('\n', '\n             ')}`,
    ]),
    ...problems.map(problem => `  → ${problem}`),
  ].join('\n')
}
