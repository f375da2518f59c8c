import { type FormEvent, useState } from 'react'
import type { Task } from '../api/tasks.ts'
import { Button } from '../design/button.tsx'
import { Dialog } from '../design/dialog.tsx'
import { ProblemNotice } from '../design/problem-notice.tsx'
import { announce } from '../shell/announcer.tsx'
import { changesOf, draftOf, problemOf, type TaskDraft } from './task-draft.ts'
import { TaskFormFields } from './task-form-fields.tsx'
import { useChangeTask } from './task-queries.ts'

interface EditTaskProps {
  task: Task
  timeZone: string
  onEnd(): void
}

export function EditTask({ task, timeZone, onEnd }: EditTaskProps) {
  const [draft, setDraft] = useState(() => draftOf(task, timeZone))
  const change = useChangeTask(task.id)
  const set = (part: Partial<TaskDraft>) => setDraft({ ...draft, ...part })
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
        <TaskFormFields draft={draft} problem={problem} timeZone={timeZone} set={set} />
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
