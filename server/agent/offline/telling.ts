import { dueWords } from './due-words.ts'
import type { Query } from './goal.ts'
import type { Named } from './memory.ts'
import type { ListFacts, Told } from './phrases.ts'
import { nameOf, type Scene } from './pursuit.ts'

/** Tasks and lists in the words of the scene's language. */

/** Tasks to show, and how many there are of them in all. */
export interface Listing {
  tasks: Named[]
  total: number
}

const MOST_ROWS = 50

export function tell(task: Named, scene: Scene): Told {
  const told: Told = { title: nameOf(task), id: task.id, done: task.completed === true }
  if (task.dueAt) {
    told.due = dueWords(task.dueAt, scene)
    told.overdue = !task.completed && Date.parse(task.dueAt) < scene.clock.now.getTime()
  }
  if (task.priority) told.priority = task.priority
  if (task.recurrence) told.recurrence = task.recurrence
  if (task.tags) told.tags = task.tags
  return told
}

export function rows(tasks: Named[], scene: Scene, total = tasks.length): string {
  if (scene.silent) return ''
  const told = tasks
    .slice(0, MOST_ROWS)
    .map((task, index) => `${index + 1}. ${scene.phrases.row(tell(task, scene))}`)
  const hidden = total - told.length
  return [...told, ...(hidden > 0 ? ['', scene.phrases.more(hidden)] : [])].join('\n')
}

function listFacts(query: Query, count: number): ListFacts {
  const facts: ListFacts = { count }
  if (query.status) facts.status = query.status
  if (query.due) facts.due = query.due
  if (query.priority) facts.priority = query.priority
  if (query.tag) facts.tag = query.tag
  if (query.search) facts.search = query.search
  if (query.span) facts.span = query.span
  return facts
}

export function listText(query: Query, { tasks, total }: Listing, scene: Scene): string {
  if (tasks.length === 0) return scene.phrases.emptyList(listFacts(query, 0))
  return `${scene.phrases.list(listFacts(query, total))}\n\n${rows(tasks, scene, total)}`
}
