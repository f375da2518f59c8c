import type { Priority, Recurrence } from './task.ts'

/** What a message asks for: the grammar makes goals, plan.ts pursues them. */
export type Goal =
  | { do: 'add'; details: Details; reminds?: true }
  | { do: 'list'; query: Query }
  | { do: 'find'; words: string }
  | { do: 'status'; target: Target; about: 'done' | 'due' | 'all' }
  | { do: Act; target: Target }
  | { do: 'update'; target: Target; change: Change; field?: Field; also?: Change[] }
  | { do: 'instead'; target: Target }
  /** `orElse` is what the words mean where there are no reminders. */
  | { do: 'remind'; target: Target; at?: string; minutesBefore?: number; orElse: Goal }
  | { do: 'unremind'; target: Target; orElse: Goal }
  | { do: 'reminders'; orElse: Goal }
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
  /** A repetition that cannot be had, such as two days of the week. */
  wrongRepeat?: string
  /** The date phrase told a time of day, not only a day. */
  timed?: true
}

export interface Change extends Details {
  addTags?: string[]
  dropTags?: string[]
  /** A time of day without a day: meant on the day the task is due already. */
  time?: { hour: number; minute: number }
  /** A day without a time that corrects another: the time of day stays. */
  keepsTime?: true
  /** Later, or earlier when negative, by so many units than it is due. */
  shift?: Shift
}

export interface Shift {
  amount: number
  unit: 'minute' | 'hour' | 'day' | 'week' | 'month'
}

/** Which tasks a phrase means. Places count from 1; -1 is the last. */
export type Target =
  | { by: 'id'; ids: number[] }
  /** `or`: words to try when no title is clearly like the first. */
  | { by: 'title'; words: string; exact: boolean; or?: string }
  | { by: 'pronoun'; many: boolean }
  /** What the words before it in the same message name; else as a pronoun. */
  | { by: 'said'; words: string }
  | { by: 'latest' }
  | { by: 'place'; places: number[] }
  /** All that a filter describes; `words` are read as one when the tasks are looked up. */
  | { by: 'set'; query: Query; words?: string; single?: true }
  | { by: 'except'; all: Target; not: Target }
  | { by: 'oneOf' }
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
