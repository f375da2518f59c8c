import { type FormEvent, useId, useState } from 'react'
import { type Priority, type Recurrence, type Task, type TaskFields, taskLimits } from '../api/tasks.ts'
import { Button } from '../design/button.tsx'
import { Choice } from '../design/choice.tsx'
import { classes } from '../design/classes.ts'
import { Dialog } from '../design/dialog.tsx'
import { Field, inputLook } from '../design/field.tsx'
import { ProblemNotice } from '../design/problem-notice.tsx'
import { announce } from '../shell/announcer.tsx'
import { useChangeTask } from './task-queries.ts'
import { instantOf, wallTimeOf } from './zoned-time.ts'

interface EditTaskProps {
  task: Task
  timeZone: string
  onEnd(): void
}

const priorities = { high: 'High', medium: 'Medium', low: 'Low' }
const recurrences = { '': 'Never', daily: 'Every day', weekly: 'Every week', monthly: 'Every month' }

/** The fields as they stand in the form. */
interface Draft {
  title: string
  description: string
  priority: Priority
  tags: string
  due: string
  recurrence: Recurrence | ''
}

export function EditTask({ task, timeZone, onEnd }: EditTaskProps) {
  const [draft, setDraft] = useState(() => draftOf(task, timeZone))
  const change = useChangeTask(task.id)
  const set = (part: Partial<Draft>) => setDraft({ ...draft, ...part })
  const problem = problemOf(draft)
  const save = (event: FormEvent) => {
    event.preventDefault()
    if (problem || change.isPending) return
    change.mutate(changesOf({ draft, task, timeZone }), {
      onSuccess: ({ title }) => {
        announce(`${title} is saved`)
        onEnd()
      },
    })
  }
  return (
    <Dialog title="Edit task" onClose={onEnd}>
      <form onSubmit={save} className="grid gap-4 px-5 pb-5">
        <Field
          label="Title"
          data-first-focus
          dir="auto"
          maxLength={taskLimits.title}
          value={draft.title}
          problem={problem?.title}
          onChange={event => set({ title: event.target.value })}
        />
        <Description text={draft.description} onChange={description => set({ description })} />
        <Field
          label="Due"
          type="datetime-local"
          hint={`In ${timeZone.replaceAll('_', ' ')}`}
          value={draft.due}
          onChange={event => set({ due: event.target.value })}
        />
        <div className="grid grid-cols-2 gap-3">
          <Choice
            showLabel
            label="Priority"
            options={priorities}
            value={draft.priority}
            onChange={priority => set({ priority })}
          />
          <Choice
            showLabel
            label="Repeat"
            options={recurrences}
            value={draft.recurrence}
            onChange={recurrence => set({ recurrence })}
          />
        </div>
        {problem?.recurrence && <p className="text-xs text-danger">{problem.recurrence}</p>}
        <Field
          label="Tags"
          hint="Separated by commas"
          problem={problem?.tags}
          value={draft.tags}
          onChange={event => set({ tags: event.target.value })}
        />
        {change.error && <ProblemNotice error={change.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onEnd}>Cancel</Button>
          <Button look="primary" type="submit" busy={change.isPending} disabled={problem !== undefined}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function Description({ text, onChange }: { text: string; onChange(text: string): void }) {
  const id = useId()
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="font-medium">
        Description
      </label>
      <textarea
        id={id}
        dir="auto"
        rows={3}
        maxLength={taskLimits.description}
        value={text}
        onChange={event => onChange(event.target.value)}
        className={classes(inputLook, 'py-2 text-base tablet:text-sm')}
      />
    </div>
  )
}

const draftOf = (
  { title, description, priority, tags, due_date, recurrence }: Task,
  zone: string,
): Draft => ({
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

/** What the server would refuse, said beside the field. */
function problemOf({
  title,
  tags,
  due,
  recurrence,
}: Draft): Partial<Record<keyof Draft, string>> | undefined {
  if (!title.trim()) return { title: 'A task needs a title.' }
  const list = tagsOf(tags)
  if (list.length > taskLimits.tags) return { tags: `At most ${taskLimits.tags} tags.` }
  if (list.some(tag => [...tag].length > taskLimits.tag))
    return { tags: `A tag has at most ${taskLimits.tag} characters.` }
  if (recurrence && !due) return { recurrence: 'What repeats needs a due date.' }
  return undefined
}

/** Only what is different: somebody else may be changing the rest. */
function changesOf({ draft, task, timeZone }: { draft: Draft; task: Task; timeZone: string }): TaskFields {
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
