import { alike, leaders } from './candidates.ts'
import { sentenceCase } from './details.ts'
import type { Details, Goal, Query, Target } from './goal.ts'
import { inSpan, listArguments } from './list-arguments.ts'
import type { Named } from './memory.ts'
import { missingReport, summary, unknownReport } from './pursue-change.ts'
import {
  ask,
  type Call,
  failureText,
  fetchTasks,
  isReport,
  type Pursuit,
  type Report,
  type Scene,
  titleText,
} from './pursuit.ts'
import { find } from './references.ts'
import { setReminder } from './set-reminder.ts'
import { readTask, type Task } from './task.ts'
import { listText, rows, tell } from './telling.ts'

/** Adding a task, and everything that only reads. */

function addArguments(details: Details): Call['input'] {
  const { wrongDate: _d, wrongRepeat: _r, timed: _t, ...plain } = details
  return Object.fromEntries(
    Object.entries(plain).filter(([, value]) => value !== undefined && value !== null),
  )
}

export function* pursueAdd(goal: Goal & { do: 'add' }, scene: Scene): Pursuit {
  const { title, wrongDate, wrongRepeat } = goal.details
  if (wrongRepeat !== undefined) return ask(scene.phrases.askRepeat(wrongRepeat), { slot: 'date', goal })
  if (wrongDate !== undefined) return ask(scene.phrases.askDate(wrongDate), { slot: 'date', goal })
  if (title === undefined) return ask(scene.phrases.askTitle, { slot: 'title', goal })
  if (Array.from(title).length > 200) return ask(scene.phrases.titleTooLong, { slot: 'title', goal })
  const input = addArguments(goal.details)
  const [outcome] = yield { calls: [{ tool: 'add_task', input }] }
  if (outcome?.is !== 'done') return { text: failureText(outcome, scene) }
  const task = readTask({ ...input, ...outcome.value })
  if (!task) return { text: failureText(undefined, scene) }
  const { due_date, timed } = goal.details
  // One reminder of a task that repeats would be half of what was asked.
  const reminds =
    goal.reminds && !goal.details.recurrence && timed && due_date && scene.tools.has('set_reminder')
  const reminder = reminds ? yield* setReminder({ task_id: task.id, remind_at: due_date }, scene) : ''
  const text = [scene.phrases.added(tell(task, scene)), reminder].filter(Boolean).join(' ')
  const undo: Goal = { do: 'delete', target: { by: 'id', ids: [task.id] } }
  return { text, touched: [{ task, reason: 'created' }], restore: [undo] }
}

const addition = (details: Details): Goal => ({ do: 'add', details })

const isUnfiltered = ({ status, due, priority, tag, search, span }: Query) =>
  status !== 'pending' && status !== 'completed' && !due && !priority && !tag && !search && !span

export function* pursueList(goal: Goal & { do: 'list' }, scene: Scene): Pursuit {
  const { query } = goal
  const page = yield* fetchTasks(scene, 'list_tasks', listArguments(query))
  if (isReport(page)) return page
  const tasks = query.span ? page.tasks.filter(inSpan(query.span)) : page.tasks
  const total = query.span || query.limit ? tasks.length : page.total
  const text = listText(query, { tasks, total }, scene)
  const own = query.ownOnly ? `${scene.phrases.ownOnly}\n\n` : ''
  const report: Report = { text: own + text }
  if (tasks.length > 0) report.shown = tasks
  else if (isUnfiltered(query)) report.offer = { text: scene.phrases.offerFirst, goal: addition({}) }
  return report
}

const bearsTag = ({ tags }: Task, words: string) =>
  tags.some(tag => tag.toLowerCase() === words.toLowerCase())

/** By the words themselves first; when the tool finds none, by likeness, for typing mistakes and plurals. */
export function* pursueFind(goal: Goal & { do: 'find' }, scene: Scene): Pursuit {
  const query: Query = { status: 'all', search: goal.words }
  const page = yield* fetchTasks(scene, 'search_tasks', { query: goal.words })
  if (isReport(page)) return page
  if (page.tasks.length > 0) return { text: listText(query, page, scene), shown: page.tasks }
  const all = yield* fetchTasks(scene, 'list_tasks', { status: 'all' })
  const tagged = isReport(all) ? [] : all.tasks.filter(task => bearsTag(task, goal.words))
  if (tagged.length > 0)
    return { text: listText(query, { tasks: tagged, total: tagged.length }, scene), shown: tagged }
  const close = isReport(all)
    ? []
    : leaders(alike(goal.words, all.tasks, goal)).filter(({ reason }) => reason !== 'some')
  const tasks = close.map(({ task }) => task)
  if (tasks.length > 0) return { text: listText(query, { tasks, total: tasks.length }, scene), shown: tasks }
  const title = sentenceCase(goal.words)
  const offer = { text: scene.phrases.offerAdd(titleText(title)), goal: addition({ title }) }
  return { text: listText(query, page, scene), offer }
}

/** A description is shown to who asks about the task, as the text it is. */
const described = ({ description }: Named, about: 'done' | 'due' | 'all') =>
  about === 'all' && description ? `> ${titleText(description)}` : ''

export function* pursueStatus(goal: Goal & { do: 'status'; target: Target }, scene: Scene): Pursuit {
  const found = yield* find(goal, scene, true)
  if (isReport(found)) return found
  const say = (task: Named) =>
    goal.about === 'due'
      ? scene.phrases.due(tell(task, scene))
      : [scene.phrases.status(tell(task, scene)), described(task, goal.about)].filter(Boolean).join('\n\n')
  if (found.tasks.length > 1) return { text: rows(found.tasks, scene), shown: found.tasks }
  const parts = found.tasks.map(
    (task): Report => ({ text: say(task), touched: [{ task, reason: 'asked about' }] }),
  )
  if (parts.length === 0 && found.missing.length === 0) return { text: scene.phrases.nothingToDo }
  return summary([...parts, ...unknownReport(found, scene), ...missingReport(found.missing, scene)])
}

export function* pursueWhoAmI(scene: Scene): Pursuit {
  const [outcome] = yield { calls: [{ tool: 'get_current_user', input: {} }] }
  if (outcome?.is !== 'done') return { text: failureText(outcome, scene) }
  const { email, name, user_id } = outcome.value
  return { text: scene.phrases.whoAmI(String(email || user_id || '?'), typeof name === 'string' ? name : '') }
}
