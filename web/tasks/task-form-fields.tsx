import { useId } from 'react'
import { taskLimits } from '../api/tasks.ts'
import { Choice } from '../design/choice.tsx'
import { classes } from '../design/classes.ts'
import { Field, inputLook } from '../design/field.tsx'
import { recurrences } from './due.ts'
import type { DraftProblem, TaskDraft } from './task-draft.ts'

const priorities = { high: 'High', medium: 'Medium', low: 'Low' }

interface TaskFormFieldsProps {
  draft: TaskDraft
  problem: DraftProblem | undefined
  timeZone: string
  set(part: Partial<TaskDraft>): void
}

export function TaskFormFields({ draft, problem, timeZone, set }: TaskFormFieldsProps) {
  return (
    <>
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
      <div className="grid gap-x-3 gap-y-4 min-[26rem]:grid-cols-2">
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
          options={{ '': 'Never', ...recurrences }}
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
    </>
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
