import { type Priority, type Recurrence, type Task, type TaskFields, taskLimits } from '../api/tasks.ts'
import { instantOf, wallTimeOf } from './zoned-time.ts'

/** The field values of the form. */
export interface TaskDraft {
  title: string
  description: string
  priority: Priority
  tags: string
  due: string
  recurrence: Recurrence | ''
}

/** Error messages by field. */
export type DraftProblem = Partial<Record<keyof TaskDraft, string>>

/** A task as form values, with its time in the given zone. */
export const draftOf = (
  { title, description, priority, tags, due_date, recurrence }: Task,
  zone: string,
): TaskDraft => ({
  title,
  description: description ?? '',
  priority,
  tags: tags.join(', '),
  due: due_date ? wallTimeOf(new Date(due_date), zone) : '',
  recurrence: recurrence ?? '',
})

const tagsOf = (text: string) =>
  text
    .split(',')
    .map(tag => tag.trim().replace(/^#/, ''))
    .filter(Boolean)

/** Checks what the server would refuse, to show it beside the field. */
export function problemOf({ title, tags, due, recurrence }: TaskDraft): DraftProblem | undefined {
  if (!title.trim()) return { title: 'A task needs a title.' }
  const list = tagsOf(tags)
  if (list.length > taskLimits.tags) return { tags: `At most ${taskLimits.tags} tags.` }
  if (list.some(tag => [...tag].length > taskLimits.tag))
    return { tags: `A tag has at most ${taskLimits.tag} characters.` }
  if (recurrence && !due) return { recurrence: 'What repeats needs a due date.' }
  return undefined
}

/** Only changed fields: someone else may be changing the others. */
export function changesOf({
  draft,
  task,
  timeZone,
}: {
  draft: TaskDraft
  task: Task
  timeZone: string
}): TaskFields {
  const before = draftOf(task, timeZone)
  const changes: TaskFields = {}
  if (draft.title.trim() !== before.title) changes.title = draft.title.trim()
  if (draft.description !== before.description) changes.description = draft.description.trim() || null
  if (draft.priority !== before.priority) changes.priority = draft.priority
  if (draft.tags !== before.tags) changes.tags = tagsOf(draft.tags)
  if (draft.due !== before.due) changes.due_date = instantOf(draft.due, timeZone)?.toISOString() ?? null
  if (draft.recurrence !== before.recurrence) changes.recurrence = draft.recurrence || null
  return changes
}
