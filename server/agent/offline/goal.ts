import type { Priority, Recurrence } from './task.ts'

/** What a message asks for: the grammar makes goals, plan.ts pursues them. */
export type Goal =
  | { do: 'add'; details: Details }
  | { do: 'list'; query: Query }
  | { do: 'find'; words: string }
  | { do: 'status'; target: Target; about: 'done' | 'due' | 'all' }
  | { do: Act; target: Target }
  | { do: 'update'; target: Target; change: Change; field?: Field; also?: Change[] }
  | { do: 'instead'; target: Target }
  | { do: 'undo' }
  | { do: 'whoami' }
  | { do: 'contradiction'; target: Target }
  | { do: 'unread'; words: string }
  | { do: 'say'; topic: Topic }

export type Act = 'complete' | 'reopen' | 'delete' | 'keep'

/** What one can say without touching a task. */
export type Topic =
  | 'greeting'
  | 'thanks'
  | 'bye'
  | 'joke'
  | 'fine'
  | 'help'
  | 'offTopic'
  | 'unknown'
  | 'noUndo'
  | 'nothingPending'
  | 'kept'
  | 'dropped'
  | 'leftAlone'
  | 'ownOnly'

export type Field = 'title' | 'description' | 'due_date' | 'priority'

/** Fields as the tools take them; `null` clears one. */
export interface Details {
  title?: string
  description?: string | null
  priority?: Priority
  tags?: string[]
  due_date?: string | null
  recurrence?: Recurrence | null
  /** A date phrase that could not be read: asked about before anything is changed. */
  wrongDate?: string
}

export interface Change extends Details {
  addTags?: string[]
  dropTags?: string[]
}

/** Which tasks a phrase means. Places count from 1; -1 is the last. */
export type Target =
  | { by: 'id'; ids: number[] }
  | { by: 'title'; words: string; exact: boolean }
  | { by: 'pronoun'; many: boolean }
  | { by: 'latest' }
  | { by: 'place'; places: number[] }
  | { by: 'set'; query: Query }
  | { by: 'both' }
  | { by: 'other' }
  | { by: 'nothing' }

export interface Query {
  status?: 'all' | 'pending' | 'completed'
  priority?: Priority
  tag?: string
  search?: string
  due?: 'overdue' | 'today' | 'upcoming'
  sort?: 'created_at' | 'due_date' | 'priority' | 'title'
  order?: 'asc' | 'desc'
  limit?: number
  /** "How many": the count comes first. */
  counted?: true
  /** Asked for somebody else's tasks: shows the user's own and says so. */
  ownOnly?: true
  /** Only tasks whose `at` falls into [from, to), in ISO 8601; `words` are the user's for it. */
  span?: { at: 'createdAt' | 'completedAt' | 'dueAt'; from: string; to: string; words: string }
}
