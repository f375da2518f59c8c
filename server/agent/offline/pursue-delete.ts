import type { Goal, Target } from './goal.ts'
import type { Named } from './memory.ts'
import type { Outcome } from './outcome.ts'
import { absentees, isAbsent, missingReport, summary, unknownReport } from './pursue-change.ts'
import {
  type Call,
  failureText,
  isReport,
  nameOf,
  type Pursuit,
  type Report,
  resultTask,
  type Scene,
} from './pursuit.ts'
import { find } from './references.ts'

/**
 * Deleting: the question and the calls go out in one step; the engine holds the calls until the user agrees, and
 * the pursuit is resumed with what became of them.
 */
export function* pursueDelete(goal: Goal & { target: Target }, scene: Scene): Pursuit {
  const found = yield* find(goal, scene, true)
  if (isReport(found)) return found
  const missing = [...unknownReport(found, scene), ...missingReport(found.missing, scene)]
  if (found.tasks.length === 0)
    return missing.length > 0 ? summary(missing) : { text: scene.phrases.nothingToDelete }
  const calls = found.tasks.map((task): Call => ({ tool: 'delete_task', input: { task_id: task.id } }))
  const question = scene.phrases.askDelete(found.tasks.map(nameOf))
  const say = [
    ...missing.map(({ text }) => text),
    ...(found.tasks.every(({ id }) => scene.confirmed(id)) ? [] : [question]),
  ].join('\n\n')
  const outcomes = yield say === '' ? { calls } : { calls, say }
  return outcomeReport(found.tasks, outcomes, scene)
}

function outcomeReport(tasks: Named[], outcomes: Outcome[], scene: Scene): Report {
  const of = (is: Outcome['is']) => tasks.filter((_task, index) => outcomes[index]?.is === is)
  const deleted = tasks.flatMap((task, index) =>
    outcomes[index]?.is === 'done' ? [resultTask(outcomes[index], task)] : [],
  )
  const parts: Report[] = []
  if (deleted.length > 0)
    parts.push({ text: scene.phrases.deleted(deleted.map(nameOf)), gone: deleted.map(({ id }) => id) })
  for (const failure of outcomes.filter(outcome => outcome.is === 'failed' && !isAbsent(outcome)))
    parts.push({ text: failureText(failure, scene) })
  const kept = [...of('denied'), ...of('waiting'), ...of('approved')]
  if (kept.length > 0) {
    const text = deleted.length > 0 ? '' : scene.phrases.kept
    parts.push({ text, touched: kept.map(task => ({ task, reason: 'asked about' })) })
  }
  return summary([...parts, ...missingReport(absentees(tasks, outcomes), scene)])
}
