import type { Goal } from './goal.ts'
import type { Language } from './language.ts'
import type { CallRecord, Turn } from './prompt.ts'
import { readTask, readTasks, type Task } from './task.ts'

/** A task as far as it is known: a number, often a title. */
export type Named = Pick<Task, 'id'> & Partial<Task>

/** Something the assistant asked and the next message may answer. */
export interface Question {
  slot: 'title' | 'target' | 'newTitle' | 'description' | 'change' | 'date' | 'priority' | 'offer'
  goal: Goal
  candidates: Named[]
  /** What the message asked for beyond the goal in question. */
  rest: Goal[]
  language: Language
}

/** A task that was spoken of: how strongly "it" points to it, and why. */
export interface Mention {
  task: Named
  turn: number
  weight: number
  reason: 'created' | 'changed' | 'asked about' | 'the only one listed' | 'listed among others'
}

/** What the conversation so far gives phrases like "it" and "the second one" to point at. */
export interface Memory {
  turn: number
  mentions: Map<number, Mention>
  /** The numbered list shown last, and the turn that showed it. */
  shown: Named[]
  shownTurn: number
  question: Question | undefined
  /** The last thing wanted of a task, for "no, task 4" and "the other one". */
  wanted: Goal | undefined
  /** What would take back the last changes, the newest first. */
  restore: Goal[]
  /** The last turn's pending calls were refused. */
  refused: boolean
  language: Language
}

export const emptyMemory = (): Memory => ({
  turn: 0,
  mentions: new Map(),
  shown: [],
  shownTurn: -1,
  question: undefined,
  wanted: undefined,
  restore: [],
  refused: false,
  language: 'en',
})

export const copyOf = (memory: Memory): Memory => ({ ...memory, mentions: new Map(memory.mentions) })

const weights: Record<Mention['reason'], number> = {
  created: 1,
  changed: 1,
  'asked about': 1,
  'the only one listed': 0.9,
  'listed among others': 0.4,
}

export function mention(memory: Memory, task: Named, reason: Mention['reason']) {
  const before = memory.mentions.get(task.id)
  const known = before ? { ...before.task, ...task } : task
  const sameTurn = before?.turn === memory.turn && before.weight > weights[reason]
  if (sameTurn) before.task = known
  else memory.mentions.set(task.id, { task: known, turn: memory.turn, weight: weights[reason], reason })
}

export function show(memory: Memory, tasks: Named[]) {
  memory.shown = tasks
  memory.shownTurn = memory.turn
  for (const task of tasks)
    mention(memory, task, tasks.length === 1 ? 'the only one listed' : 'listed among others')
}

export function forget(memory: Memory, id: number) {
  memory.mentions.delete(id)
}

const effects: Record<string, Mention['reason']> = {
  add_task: 'created',
  complete_task: 'changed',
  reopen_task: 'changed',
  update_task: 'changed',
}

/** The tasks an answer names, in the order it names them: what its reader saw as a list. */
function shownIn(said: string, call: CallRecord): Named[] {
  if (call.outcome.is !== 'done') return []
  return readTasks(call.outcome.value)
    .tasks.map(task => ({ task, at: said.indexOf(task.title) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)
    .map(({ task }) => task)
}

export const isListing = ({ tool }: CallRecord) => tool === 'list_tasks' || tool === 'search_tasks'

/** Learns from a turn by its records alone: one that another model answered, or an old one. */
export function learnFromRecords(memory: Memory, turn: Turn, { withLists = true } = {}) {
  for (const call of turn.calls) {
    if (call.outcome.is !== 'done') continue
    const task = readTask(call.outcome.value)
    const reason = effects[call.tool]
    if (task && reason) mention(memory, task, reason)
    if (task && call.tool === 'delete_task') forget(memory, task.id)
    if (!withLists || !isListing(call)) continue
    const shown = shownIn(turn.said, call)
    if (shown.length > 0) show(memory, shown)
  }
}
