import { Plus } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { taskLimits } from '../api/tasks.ts'
import { IconButton } from '../design/button.tsx'
import { classes } from '../design/classes.ts'
import { inputLook } from '../design/field.tsx'
import { ProblemNotice } from '../design/problem-notice.tsx'
import { announce } from '../shell/announcer.tsx'
import { useAddTask } from './task-queries.ts'

/** Adds a task from one line and Enter; other fields are set by editing it. If adding fails, the text stays. */
export function NewTask() {
  const [title, setTitle] = useState('')
  const add = useAddTask()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const wanted = title.trim()
    if (!wanted || add.isPending) return
    add.mutate(
      { title: wanted },
      {
        onSuccess: task => {
          announce(`${task.title} is added`)
          setTitle(now => (now.trim() === wanted ? '' : now))
        },
      },
    )
  }
  return (
    <form onSubmit={submit} className="grid gap-2">
      <div className="flex gap-2">
        <input
          aria-label="New task"
          placeholder="Add a task"
          dir="auto"
          maxLength={taskLimits.title}
          value={title}
          onChange={event => setTitle(event.target.value)}
          className={classes(inputLook, 'h-9 min-w-0 flex-1 text-base tablet:text-sm')}
        />
        <IconButton label="Add task" look="plain" type="submit">
          <Plus />
        </IconButton>
      </div>
      {add.error && <ProblemNotice error={add.error} />}
    </form>
  )
}
