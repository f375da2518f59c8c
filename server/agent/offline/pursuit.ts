import type { Goal } from './goal.ts'
import type { Language } from './language.ts'
import type { Memory, Mention, Named, Question } from './memory.ts'
import type { Outcome } from './outcome.ts'
import type { Phrases } from './phrases.ts'
import { readTask, readTasks, type Task } from './task.ts'
import type { Clock } from './zone.ts'

export interface Call {
  tool: string
  input: Record<string, unknown>
}

/** Calls to be carried out, with what is said before them: the question, when they need approval. */
export interface Need {
  calls: Call[]
  say?: string
}

/** What pursuing a goal came to. */
export interface Report {
  text: string
  shown?: Named[]
  touched?: { task: Named; reason: Mention['reason'] }[]
  gone?: number[]
  /** What would take back the changes that were made. */
  restore?: Goal[]
  question?: Omit<Question, 'rest' | 'language'>
  /** What to do for the user instead: asked only when nothing else follows. */
  offer?: { text: string; goal: Goal }
}

/**
 * A goal is pursued by a generator: it yields the calls it needs and is resumed with their outcomes. Since it is
 * run again from its beginning at every step, fed with the recorded outcomes, nothing has to be kept meanwhile.
 */
export type Pursuit<Result = Report> = Generator<Need, Result, Outcome[]>

export interface Scene {
  memory: Memory
  clock: Clock
  /** Only tools given to this agent are ever called. */
  tools: Set<string>
  language: Language
  phrases: Phrases
  /** Whether the very message that asks for a task's deletion confirms it. */
  confirmed: (taskId: number) => boolean
  /** The zone of the times was told in this answer. */
  zoneTold: boolean
  /** An earlier turn played again to remember it: nobody reads what it says. */
  silent: boolean
}

export const isReport = (value: object): value is Report => 'text' in value

export function failureText(outcome: Outcome | undefined, { phrases }: Scene): string {
  if (outcome?.is !== 'failed') return phrases.failed('')
  return outcome.error === UNAVAILABLE
    ? phrases.unavailable
    : phrases.failed(outcome.error.replace(/\.$/, ''))
}

/** The error of a call whose tool this agent was not given. */
export const UNAVAILABLE = 'unavailable'

export function* fetchTasks(scene: Scene, tool: string, input: Call['input']): Pursuit<TaskPage | Report> {
  const [outcome] = yield { calls: [{ tool, input }] }
  if (outcome?.is !== 'done') return { text: failureText(outcome, scene) }
  const page = readTasks(outcome.value)
  return input.sort || page.total > page.tasks.length ? page : asNumbered(page)
}

/** The tools give the newest first; whoever counts in a list expects it to run as its tasks' numbers do. */
const asNumbered = ({ tasks, total }: TaskPage): TaskPage => ({
  tasks: tasks.toSorted((a, b) => a.id - b.id),
  total,
})

export interface TaskPage {
  tasks: Task[]
  total: number
}

/** Markdown marks in a title are text; its line breaks would break the list it stands in. */
export const titleText = (title: string) => title.replace(/\s+/g, ' ').replace(/[\\*`[\]<]/g, '\\$&')

export const nameOf = (task: Named) => titleText(task.title ?? `#${task.id}`)

/** A result's task, with what was known of it before. */
export function resultTask(outcome: Outcome | undefined, before: Named): Named {
  const told = outcome?.is === 'done' ? readTask(outcome.value) : undefined
  return told ? { ...before, id: told.id, title: told.title } : before
}

/** An answer that ends in a question, with what is needed to understand the reply. */
export const ask = (
  text: string,
  { candidates = [], ...question }: Pick<Question, 'slot' | 'goal'> & { candidates?: Named[] },
): Report => ({ text, question: { ...question, candidates } })
