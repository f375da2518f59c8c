import { CalendarClock, Pencil, Repeat, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { asProblem } from '../api/problem.ts'
import type { Task } from '../api/tasks.ts'
import { classes } from '../design/classes.ts'
import { ItemMenu, MenuItem } from '../design/menu.tsx'
import { announce } from '../shell/announcer.tsx'
import { DeleteTask } from './delete-task.tsx'
import { dueOf, recurrences } from './due.ts'
import { EditTask } from './edit-task.tsx'
import { useCompleteTask } from './task-queries.ts'

interface TaskItemProps {
  task: Task
  timeZone: string
  onTag(tag: string): void
}

export function TaskItem({ task, timeZone, onTag }: TaskItemProps) {
  const [doing, setDoing] = useState<'edit' | 'delete'>()
  const complete = useCompleteTask()
  const { id, title, description, completed } = task
  const end = () => setDoing(undefined)
  const toggle = () =>
    complete.mutate(
      { id, completed: !completed },
      { onSuccess: () => announce(`${title} is ${completed ? 'open again' : 'done'}`) },
    )
  return (
    <li className="group relative flex items-start gap-3 rounded-md p-2 pr-10 hover:bg-hover/70">
      <input
        type="checkbox"
        aria-label={title}
        checked={completed}
        onChange={toggle}
        className="mt-px size-5 shrink-0 cursor-pointer accent-accent"
      />
      <div className="grid min-w-0 flex-1 gap-1">
        <p dir="auto" className={classes(completed && 'text-quiet line-through')}>
          {title}
        </p>
        {description && (
          <p dir="auto" className="line-clamp-2 text-xs text-quiet">
            {description}
          </p>
        )}
        <Badges task={task} timeZone={timeZone} onTag={onTag} />
        {complete.error && (
          <p role="alert" className="text-xs text-danger">
            {asProblem(complete.error).message} {asProblem(complete.error).advice}
          </p>
        )}
      </div>
      <TaskMenu title={title} onEdit={() => setDoing('edit')} onDelete={() => setDoing('delete')} />
      {doing === 'edit' && <EditTask task={task} timeZone={timeZone} onEnd={end} />}
      {doing === 'delete' && <DeleteTask task={task} onEnd={end} />}
    </li>
  )
}

const badge = 'inline-flex items-center gap-1 rounded-full px-2 py-0.5'

const dueLooks = {
  overdue: 'bg-danger-soft text-danger',
  today: 'bg-warn-soft text-warn',
  later: 'bg-hover text-quiet',
}

function Badges({ task, timeZone, onTag }: TaskItemProps) {
  const { priority, tags, recurrence, completed } = task
  const due = dueOf(task, timeZone)
  if (!due && priority === 'medium' && tags.length === 0) return null
  return (
    <div className="flex flex-wrap items-center gap-1.5 text-xs">
      {due && (
        <span className={classes(badge, dueLooks[completed ? 'later' : due.state])}>
          <CalendarClock aria-hidden="true" className="size-3" />
          {due.state === 'overdue' && 'Overdue · '}
          {due.words}
        </span>
      )}
      {recurrence && (
        <span className={classes(badge, 'bg-hover text-quiet')}>
          <Repeat aria-hidden="true" className="size-3" />
          {recurrences[recurrence]}
        </span>
      )}
      {priority === 'high' && <span className={classes(badge, 'bg-warn-soft text-warn')}>High priority</span>}
      {priority === 'low' && <span className={classes(badge, 'bg-hover text-quiet')}>Low priority</span>}
      {tags.map(tag => (
        <button
          key={tag}
          type="button"
          title={`Only tasks with #${tag}`}
          onClick={() => onTag(tag)}
          className={classes(badge, 'min-h-6 bg-accent-soft text-accent hover:underline')}
        >
          #{tag}
        </button>
      ))}
    </div>
  )
}

function TaskMenu({ title, onEdit, onDelete }: { title: string; onEdit(): void; onDelete(): void }) {
  return (
    <ItemMenu of={title}>
      <MenuItem onSelect={onEdit}>
        <Pencil aria-hidden="true" /> Edit
      </MenuItem>
      <MenuItem danger onSelect={onDelete}>
        <Trash2 aria-hidden="true" /> Delete
      </MenuItem>
    </ItemMenu>
  )
}
