import { readWhen } from './dates.ts'
import { dueWords } from './due-words.ts'
import type { Change, Goal, Target } from './goal.ts'
import type { Named } from './memory.ts'
import type { Outcome } from './outcome.ts'
import type { ChangedField } from './phrases.ts'
import {
  ask,
  type Call,
  failureText,
  isReport,
  nameOf,
  type Pursuit,
  type Report,
  resultTask,
  type Scene,
  titleText,
} from './pursuit.ts'
import { absent, find } from './references.ts'
import { type Fields, isFields } from './task.ts'

/** Completing, reopening and changing tasks. */

type TaskGoal = Goal & { target: Target }

/** Joins what became of several tasks, a paragraph each. */
export function summary(parts: Report[]): Report {
  const report: Report = {
    text: parts
      .map(({ text }) => text)
      .filter(Boolean)
      .join('\n\n'),
  }
  report.touched = parts.flatMap(({ touched }) => touched ?? [])
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

export const isAbsent = (outcome: Outcome | undefined) => outcome?.is === 'failed' && outcome.notFound

/** Numbers that turned out to name no task when a tool was called with them. */
export const absentees = (tasks: Named[], outcomes: Outcome[]): number[] =>
  tasks.filter((_task, index) => isAbsent(outcomes[index])).map(({ id }) => id)

function completedText(value: Fields, task: Named, scene: Scene): string {
  if (value.already_completed === true) return scene.phrases.alreadyDone(nameOf(task))
  const next = isFields(value.next_task) ? value.next_task : undefined
  const due =
    typeof next?.due_date === 'string' ? dueWords(next.due_date, scene.clock, scene.language) : undefined
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
    return [{ text, touched: [{ task, reason: 'changed' }] }]
  })
  return summary([...parts, ...missingReport([...absentees(found.tasks, outcomes), ...found.missing], scene)])
}

const changedFields: readonly ChangedField[] = [
  'title',
  'description',
  'priority',
  'tags',
  'due_date',
  'recurrence',
]

function valueText(field: ChangedField, value: unknown, scene: Scene): string {
  if (value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0))
    return scene.phrases.empty
  if (field === 'due_date') return dueWords(String(value), scene.clock, scene.language)
  if (Array.isArray(value)) return value.map(tag => `#${tag}`).join(' ')
  return field === 'title' ? `**${titleText(String(value))}**` : titleText(String(value))
}

/** Before and after, field by field. */
function changedLines(value: Fields, scene: Scene): string[] {
  const before = isFields(value.before) ? value.before : {}
  const after = isFields(value.after) ? value.after : {}
  return changedFields
    .filter(field => field in after && JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map(field =>
      scene.phrases.changed(
        field,
        valueText(field, before[field], scene),
        valueText(field, after[field], scene),
      ),
    )
}

/** What became of one task's changes. */
function updatedReport(outcomes: Outcome[], before: Named, scene: Scene): Report {
  const done = outcomes.filter(outcome => outcome.is === 'done')
  const failure = outcomes.find(outcome => outcome.is !== 'done')
  const failures = failure && !isAbsent(failure) ? [{ text: failureText(failure, scene) }] : []
  if (done.length === 0) return summary(failures)
  const task = resultTask(done.at(-1), before)
  const lines = done.flatMap(({ value }) => changedLines(value, scene))
  const text =
    lines.length === 0
      ? scene.phrases.nothingChanged(nameOf(task))
      : scene.phrases.updated(nameOf(task), lines)
  return summary([{ text, touched: [{ task, reason: 'changed' }] }, ...failures])
}

/** The question an incomplete change leaves open. */
function openQuestion(goal: Goal & { do: 'update' }, task: Named, scene: Scene): Report | undefined {
  const { change, field } = goal
  const known: Goal = { ...goal, target: { by: 'id', ids: [task.id] } }
  const name = nameOf(task)
  const mentioned = (report: Report): Report => ({ ...report, touched: [{ task, reason: 'asked about' }] })
  if (change.wrongDate !== undefined)
    return mentioned(ask(scene.phrases.askDate(change.wrongDate), { slot: 'date', goal: known }))
  if (change.title && Array.from(change.title).length > 200)
    return mentioned(ask(scene.phrases.titleTooLong, { slot: 'newTitle', goal: known }))
  if (Object.keys(change).length > 0) return undefined
  if (field === 'title')
    return mentioned(ask(scene.phrases.askNewTitle(name), { slot: 'newTitle', goal: known }))
  if (field === 'description')
    return mentioned(ask(scene.phrases.askDescription(name), { slot: 'description', goal: known }))
  if (field === 'due_date') return mentioned(ask(scene.phrases.askDue(name), { slot: 'date', goal: known }))
  if (field === 'priority')
    return mentioned(ask(scene.phrases.askPriority(name), { slot: 'priority', goal: known }))
  return mentioned(ask(scene.phrases.askChange(name), { slot: 'change', goal: known }))
}

/** The arguments for one task: added and removed tags become its whole list, a repetition gets a date to start. */
function updateArguments(change: Change, task: Named, scene: Scene): Call['input'] {
  const { addTags, dropTags, wrongDate: _, ...plain } = change
  const input: Call['input'] = { task_id: task.id, ...plain }
  if (addTags || dropTags) {
    const dropped = new Set((dropTags ?? []).map(tag => tag.toLowerCase()))
    const kept = [...(task.tags ?? []), ...(addTags ?? [])].filter(tag => !dropped.has(tag.toLowerCase()))
    input.tags = [...new Set(kept)].slice(0, 10)
  }
  if (plain.recurrence && !plain.due_date && !task.dueAt) input.due_date = readWhen('today', scene.clock)?.due
  return input
}

export function* pursueUpdate(goal: Goal & { do: 'update' }, scene: Scene): Pursuit {
  const { change } = goal
  const changes = [change, ...(goal.also ?? [])]
  const lookUp = changes.some(
    ({ addTags, dropTags, recurrence, ...plain }) =>
      addTags || dropTags || recurrence || Object.keys(plain).length === 0,
  )
  const found = yield* find(goal, scene, lookUp)
  if (isReport(found)) return found
  const [first] = found.tasks
  if (!first)
    return found.missing.length > 0
      ? summary(missingReport(found.missing, scene))
      : { text: scene.phrases.nothingToDo }
  const question = openQuestion(goal, first, scene)
  if (question) return question
  const calls = found.tasks.flatMap(task =>
    changes.map((one): Call => ({ tool: 'update_task', input: updateArguments(one, task, scene) })),
  )
  const outcomes = yield { calls }
  const each = found.tasks.map((_task, index) =>
    outcomes.slice(index * changes.length, (index + 1) * changes.length),
  )
  const parts = found.tasks.map((task, index) => updatedReport(each[index] ?? [], task, scene))
  const gone = absentees(
    found.tasks,
    each.flatMap(([one]) => one ?? []),
  )
  return summary([...parts, ...missingReport([...gone, ...found.missing], scene)])
}
