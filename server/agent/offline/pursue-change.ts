import { dueWords } from './due-words.ts'
import type { Goal } from './goal.ts'
import type { Named } from './memory.ts'
import type { Outcome } from './outcome.ts'
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
import { absent, type Found, find, type TaskGoal } from './references.ts'
import { type Fields, isFields } from './task.ts'

/** Completing and reopening tasks, and what the reports on several tasks have in common. */

/** Joins what became of several tasks, a paragraph each. */
export function summary(parts: Report[]): Report {
  const report: Report = {
    text: parts
      .map(({ text }) => text)
      .filter(Boolean)
      .join('\n\n'),
  }
  report.touched = parts.flatMap(({ touched }) => touched ?? [])
  report.restore = parts.flatMap(({ restore }) => restore ?? [])
  report.gone = parts.flatMap(({ gone }) => gone ?? [])
  const question = parts.find(part => part.question)?.question
  if (question) report.question = question
  const offer = parts.find(part => part.offer)?.offer
  if (offer) report.offer = offer
  return report
}

/** What the numbers of no task come to: told once, for all of them together. */
export const missingReport = (ids: number[], scene: Scene): Report[] =>
  ids.length > 0 ? [absent(scene.phrases.noTask(ids), scene)] : []

export const unknownReport = ({ unknown = [] }: Found, scene: Scene): Report[] =>
  unknown.map(words => absent(scene.phrases.noSuchTitle(words), scene))

export const isAbsent = (outcome: Outcome | undefined) => outcome?.is === 'failed' && outcome.notFound

/** Numbers that turned out to name no task when a tool was called with them. */
export const absentees = (tasks: Named[], outcomes: Outcome[]): number[] =>
  tasks.filter((_task, index) => isAbsent(outcomes[index])).map(({ id }) => id)

function completedText(value: Fields, task: Named, scene: Scene): string {
  if (value.already_completed === true) return scene.phrases.alreadyDone(nameOf(task))
  const next = isFields(value.next_task) ? value.next_task : undefined
  const due = typeof next?.due_date === 'string' ? dueWords(next.due_date, scene) : undefined
  return scene.phrases.completed(nameOf(task), due ? { title: nameOf(task), due } : undefined)
}

/** `complete` and `reopen`: the tool itself knows whether the task exists and what state it is in. */
export function* pursueToggle(goal: TaskGoal, scene: Scene): Pursuit {
  const found = yield* find(goal, scene, false)
  if (isReport(found)) return found
  if (found.tasks.length === 0 && found.missing.length === 0) return { text: scene.phrases.nothingToDo }
  const tool = goal.do === 'complete' ? 'complete_task' : 'reopen_task'
  const calls = found.tasks.map((task): Call => ({ tool, input: { task_id: task.id } }))
  const outcomes = calls.length > 0 ? yield { calls } : []
  const parts = found.tasks.flatMap((before, index): Report[] => {
    const outcome = outcomes[index]
    if (isAbsent(outcome)) return []
    if (outcome?.is !== 'done') return [{ text: failureText(outcome, scene) }]
    const task = { ...resultTask(outcome, before), completed: goal.do === 'complete' }
    const text =
      goal.do === 'complete'
        ? completedText(outcome.value, task, scene)
        : scene.phrases.reopened(nameOf(task))
    const isNew = goal.do === 'reopen' || outcome.value.already_completed !== true
    const undo: Goal = {
      do: goal.do === 'complete' ? 'reopen' : 'complete',
      target: { by: 'id', ids: [task.id] },
    }
    return [{ text, touched: [{ task, reason: 'changed' }], restore: isNew ? [undo] : [] }]
  })
  return summary([
    ...parts,
    ...unknownReport(found, scene),
    ...missingReport([...absentees(found.tasks, outcomes), ...found.missing], scene),
  ])
}
