import type { Goal, Target } from './goal.ts'
import type { Named } from './memory.ts'
import { pursueAdd } from './pursue-ask.ts'
import { missingReport, summary } from './pursue-change.ts'
import {
  ask,
  type Call,
  failureText,
  isReport,
  nameOf,
  type Pursuit,
  type Report,
  type Scene,
  titleText,
} from './pursuit.ts'
import { find } from './references.ts'
import { setReminder, timeWords } from './set-reminder.ts'
import { isFields, readTask } from './task.ts'

/** Reminders of tasks that exist; the tools for them are not offered everywhere. */

export function* pursueRemind(goal: Goal & { do: 'remind' }, scene: Scene): Pursuit {
  const found = yield* find(goal, scene, true)
  // Nothing is called that: then it is a task to be added, with its reminder.
  if (isReport(found))
    return found.question || goal.orElse.do !== 'add' ? found : yield* pursueAdd(goal.orElse, scene)
  const reports: Report[] = []
  for (const task of found.tasks) reports.push(yield* remindOf(task, goal, scene))
  return summary([...reports, ...missingReport(found.missing, scene)])
}

function* remindOf(task: Named, goal: Goal & { do: 'remind' }, scene: Scene): Pursuit {
  const touched: Report['touched'] = [{ task, reason: 'asked about' }]
  const known: Goal = { ...goal, target: { by: 'id', ids: [task.id] } }
  // Without a due date there is nothing to count back from.
  if (goal.at === undefined && !task.dueAt)
    return { ...ask(scene.phrases.askRemindAt(nameOf(task)), { slot: 'date', goal: known }), touched }
  const minutes = goal.minutesBefore === undefined ? {} : { minutes_before: goal.minutesBefore }
  const input = { task_id: task.id, ...(goal.at === undefined ? minutes : { remind_at: goal.at }) }
  const said = yield* setReminder(input, scene)
  return { text: scene.phrases.reminderOf(nameOf(task), said), touched }
}

export function* pursueUnremind(goal: Goal & { target: Target }, scene: Scene): Pursuit {
  const found = yield* find(goal, scene, true)
  if (isReport(found)) return found
  const calls = found.tasks.map((task): Call => ({ tool: 'cancel_reminder', input: { task_id: task.id } }))
  const outcomes = calls.length > 0 ? yield { calls } : []
  const reports = found.tasks.map((task, index): Report => {
    const outcome = outcomes[index]
    const text =
      outcome?.is === 'done' ? scene.phrases.reminderCancelled(nameOf(task)) : failureText(outcome, scene)
    return { text, touched: [{ task, reason: 'asked about' }] }
  })
  return summary([...reports, ...missingReport(found.missing, scene)])
}

export function* pursueReminders(scene: Scene): Pursuit {
  const [outcome] = yield { calls: [{ tool: 'list_reminders', input: {} }] }
  if (outcome?.is !== 'done') return { text: failureText(outcome, scene) }
  const given = Array.isArray(outcome.value.reminders) ? outcome.value.reminders.filter(isFields) : []
  const lines = given.map(
    ({ title, remind_at }, index) =>
      `${index + 1}. **${titleText(String(title))}**: ${timeWords(remind_at, scene)}`,
  )
  const shown = given.map(readTask).filter(task => task !== undefined)
  const text = scene.phrases.reminders(lines)
  return shown.length > 0 ? { text, shown } : { text }
}
