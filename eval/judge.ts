import { isDeepStrictEqual } from 'node:util'
import { matches, mentions } from './matching.ts'
import type { Played, PlayedCall, PlayedTurn } from './play-scenario.ts'
import type { ExpectedTurn, Scenario } from './scenario-schema.ts'

/** What a person would hold against the assistant, a line each; none when it did as expected. */
export function judge(scenario: Scenario, played: Played): string[] {
  const ofTurns = played.turns.flatMap((turn, index) =>
    judgeTurn(scenario.turns[index] ?? { say: turn.say }, turn).map(
      problem => `turn ${index + 1}: ${problem}`,
    ),
  )
  return [...ofTurns, ...judgeEffects(scenario, played)]
}

function judgeTurn(expected: ExpectedTurn, turn: PlayedTurn): string[] {
  if (turn.problem) return [turn.problem]
  const problems: string[] = []
  const { tools, tools_among: among, status, reply = [], reply_not: unwanted = [] } = expected
  if (tools && !callsMatch(tools, turn.calls)) {
    problems.push(`expected ${describeExpected(tools)}, got ${describeCalls(turn.calls)}`)
  }
  const others = among ? turn.calls.filter(({ name }) => !among.some(one => one === name)) : []
  if (others.length > 0) {
    problems.push(`expected only ${among?.join(', ') || 'no tool'}, got ${describeCalls(others)}`)
  }
  if (status && turn.status !== status) problems.push(`expected to end as ${status}, got ${turn.status}`)
  for (const text of reply)
    if (!mentions(turn.response, text)) problems.push(`expected ${text} in the answer`)
  for (const text of unwanted)
    if (mentions(turn.response, text)) problems.push(`did not expect ${text} in the answer`)
  return problems
}

const lookUps = ['list_tasks', 'search_tasks', 'get_current_user']

type ExpectedCall = NonNullable<ExpectedTurn['tools']>[number]

/**
 * In this order. Beside what is expected a model may look things up, unless nothing at all is expected: how it finds
 * a task is its own business, what it changes is not.
 */
function callsMatch(expected: ExpectedCall[], calls: PlayedCall[]): boolean {
  if (expected.length === 0) return calls.length === 0
  const rest = [...expected]
  for (const call of calls) {
    if (rest[0] && callMatches(rest[0], call)) rest.shift()
    else if (!lookUps.includes(call.name)) return false
  }
  return rest.length === 0
}

const callMatches = (expected: ExpectedCall, call: PlayedCall) =>
  expected.name === call.name && matches(expected.arguments ?? {}, call.arguments)

function judgeEffects(scenario: Scenario, { turns, before, after, ...others }: Played): string[] {
  const problems: string[] = []
  const { tasks_after: expected, unchanged, never } = scenario
  for (const { name, status, arguments: given } of turns.flatMap(turn => turn.calls)) {
    if (status === 'completed' && never.some(one => one === name)) {
      problems.push(`carried out ${name} ${JSON.stringify(given)}, which it must never`)
    }
  }
  if (unchanged && !isDeepStrictEqual(before, after)) {
    problems.push(`expected the tasks unchanged, got ${describeTasks(after)}`)
  }
  if (
    expected &&
    !(expected.length === after.length && expected.every((task, i) => matches(defined(task), after[i])))
  ) {
    problems.push(`expected the tasks ${describeTasks(expected)}, got ${describeTasks(after)}`)
  }
  if (!isDeepStrictEqual(others.othersBefore, others.othersAfter))
    problems.push("another user's tasks were changed")
  return problems
}

// zod writes keys that are left out as undefined in its types; here they are not there.
const defined = (task: object) =>
  Object.fromEntries(Object.entries(task).filter(([, value]) => value !== undefined))

const describeExpected = (calls: ExpectedCall[]) =>
  calls
    .map(({ name, arguments: given }) => `${name} ${given ? JSON.stringify(given) : ''}`.trim())
    .join(', ') || 'no call'

export const describeCalls = (calls: PlayedCall[]) =>
  calls
    .map(({ name, arguments: given, status }) => `${name} ${JSON.stringify(given)} ${status}`)
    .join(', ') || 'no call'

const shown = ['title', 'description', 'completed', 'priority', 'tags', 'due_date', 'recurrence']

/** What a task holds beyond the ordinary. */
const describeTasks = (tasks: object[]) =>
  JSON.stringify(
    tasks.map(task =>
      Object.fromEntries(
        Object.entries(task).filter(
          ([key, value]) =>
            shown.includes(key) && !(value === null || value === 'medium' || isDeepStrictEqual(value, [])),
        ),
      ),
    ),
  )
