import type { Topic } from './goal.ts'
import type { Priority, Recurrence } from './task.ts'

/** A task reduced to what is said of it; texts are Markdown already, `due` is in words. */
export interface Told {
  title: string
  id: number
  done?: boolean
  due?: string
  overdue?: boolean
  priority?: Priority
  tags?: string[]
  recurrence?: Recurrence
}

/** What a list was asked for, so that its heading can say it. */
export interface ListFacts {
  count: number
  status?: 'all' | 'pending' | 'completed'
  due?: 'overdue' | 'today' | 'upcoming'
  priority?: Priority
  tag?: string
  search?: string
  span?: { at: 'createdAt' | 'completedAt' | 'dueAt'; words: string }
}

export type ChangedField = 'title' | 'description' | 'priority' | 'tags' | 'due_date' | 'recurrence'

/** Everything the built-in model can say, in one language. */
export interface Phrases {
  added(task: Told): string
  completed(title: string, next?: { title: string; due: string }): string
  alreadyDone(title: string): string
  reopened(title: string): string
  deleted(titles: string[]): string
  kept: string
  updated(title: string, lines: string[]): string
  changed(field: ChangedField, before: string, after: string): string
  nothingChanged(title: string): string
  empty: string
  askDelete(titles: string[]): string
  askTitle: string
  askNewTitle(title: string): string
  askDescription(title: string): string
  askChange(title: string): string
  askDate(wrong: string): string
  askDue(title: string): string
  askRepeat(wrong: string): string
  askRemindAt(title: string): string
  willRemind(when: string): string
  reminderOf(title: string, said: string): string
  reminderCancelled(title: string): string
  reminders(lines: string[]): string
  askPriority(title: string): string
  askWhich(list: string): string
  didYouMean(words: string, list: string): string
  askWhichOpen: string
  askContradiction: string
  titleTooLong: string
  noTask(ids: number[]): string
  offerList: string
  offerFirst: string
  offerAdd(title: string): string
  noSuchTitle(words: string): string
  noPlace(place: number): string
  nothingToDelete: string
  nothingToDo: string
  list(facts: ListFacts): string
  emptyList(facts: ListFacts): string
  row(task: Told): string
  more(count: number): string
  status(task: Told): string
  due(task: Told): string
  whoAmI(email: string, name: string): string
  ownOnly: string
  failed(error: string): string
  unavailable: string
  notUnderstood(words: string): string
  talk: Record<Topic, string>
}
