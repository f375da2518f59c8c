import { needsTask, updateArguments } from './change-arguments.ts'
import { dueWords } from './due-words.ts'
import type { Change, Goal } from './goal.ts'
import type { Named } from './memory.ts'
import type { Outcome } from './outcome.ts'
import type { ChangedField } from './phrases.ts'
import { absentees, isAbsent, missingReport, summary, unknownReport } from './pursue-change.ts'
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
import { find } from './references.ts'
import { type Fields, isFields } from './task.ts'

/** Changing the fields of tasks, with what they were before and are after. */

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
  if (field === 'due_date') return dueWords(String(value), scene)
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

const restorable = ['title', 'description', 'priority', 'tags', 'due_date', 'recurrence'] as const

/** The change that takes these back: the fields as they were before the first of them. */
function restoring(done: { value: Fields }[], { id }: Named): Goal[] {
  const before = done.toReversed().map(({ value }) => (isFields(value.before) ? value.before : {}))
  const fields: Fields = Object.assign({}, ...before)
  const change = Object.fromEntries(
    restorable.filter(key => key in fields).map(key => [key, fields[key] ?? null]),
  )
  if (Object.keys(change).length === 0) return []
  // The values are the tool's own, of the very fields it takes.
  return [{ do: 'update', target: { by: 'id', ids: [id] }, change: change as Change }]
}

/** What became of one task's changes. */
function updatedReport(outcomes: Outcome[], before: Named, scene: Scene): Report {
  const done = outcomes.filter(outcome => outcome.is === 'done')
  const failure = outcomes.find(outcome => outcome.is !== 'done')
  const failures = failure && !isAbsent(failure) ? [{ text: failureText(failure, scene) }] : []
  if (done.length === 0) return summary(failures)
  const task = resultTask(done.at(-1), before)
  const lines = done.flatMap(({ value }) => changedLines(value, scene))
  const restore = restoring(done, task)
  const text =
    lines.length === 0
      ? scene.phrases.nothingChanged(nameOf(task))
      : scene.phrases.updated(nameOf(task), lines)
  return summary([{ text, touched: [{ task, reason: 'changed' }], restore }, ...failures])
}

/** The question an incomplete change leaves open. */
function openQuestion(goal: Goal & { do: 'update' }, task: Named, scene: Scene): Report | undefined {
  const { change, field } = goal
  const known: Goal = { ...goal, target: { by: 'id', ids: [task.id] } }
  const name = nameOf(task)
  const mentioned = (report: Report): Report => ({ ...report, touched: [{ task, reason: 'asked about' }] })
  if (change.wrongDate !== undefined)
    return mentioned(ask(scene.phrases.askDate(change.wrongDate), { slot: 'date', goal: known }))
  if (change.wrongRepeat !== undefined)
    return mentioned(ask(scene.phrases.askRepeat(change.wrongRepeat), { slot: 'date', goal: known }))
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

/** "make it 5 PM", of a task whose day this conversation has told. */
const isKnown = ({ target, change }: Goal & { do: 'update' }, { memory }: Scene) => {
  const newest = [...memory.mentions.values()].at(-1)
  const plain = !change.addTags && !change.dropTags && !change.recurrence && Object.keys(change).length > 0
  return (
    target.by === 'pronoun' && plain && newest?.task.dueAt !== undefined && newest.turn === memory.turn - 1
  )
}

export function* pursueUpdate(goal: Goal & { do: 'update' }, scene: Scene): Pursuit {
  const { change } = goal
  const changes = [change, ...(goal.also ?? [])]
  const found = yield* find(goal, scene, changes.some(needsTask) && !isKnown(goal, scene))
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
  return summary([
    ...parts,
    ...unknownReport(found, scene),
    ...missingReport([...gone, ...found.missing], scene),
  ])
}
