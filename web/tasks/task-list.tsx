import { CheckCheck, ListTodo, SearchX } from 'lucide-react'
import type { TaskFilter } from '../api/tasks.ts'
import { Button } from '../design/button.tsx'
import { EmptyState } from '../design/empty-state.tsx'
import { ProblemNotice } from '../design/problem-notice.tsx'
import { Skeleton } from '../design/skeleton.tsx'
import { useTimeZone } from '../settings/settings-queries.ts'
import { TaskItem } from './task-item.tsx'
import { useTasks } from './task-queries.ts'

interface TaskListProps {
  filter: TaskFilter
  onTag(tag: string): void
  onClear(): void
}

export function TaskList({ filter, onTag, onClear }: TaskListProps) {
  const timeZone = useTimeZone()
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useTasks(
    filter,
    timeZone,
  )
  const tasks = data?.pages.flatMap(page => page.items) ?? []
  return (
    <div className="min-h-0 flex-1 overflow-y-auto p-2">
      {isPending && <Waiting />}
      {error && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data && tasks.length === 0 && <Nothing filter={filter} onClear={onClear} />}
      <ul>
        {tasks.map(task => (
          <TaskItem key={task.id} task={task} timeZone={timeZone} onTag={onTag} />
        ))}
      </ul>
      {hasNextPage && (
        <div className="grid justify-items-center p-2">
          <Button look="quiet" busy={isFetchingNextPage} onClick={() => fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </div>
  )
}

const Waiting = () => (
  <div role="status" aria-label="Loading tasks" className="grid gap-4 p-2">
    {['w-4/5', 'w-3/5', 'w-2/3'].map(width => (
      <div key={width} className="flex items-center gap-3">
        <Skeleton className="size-5 rounded-full" />
        <Skeleton className={`h-3.5 ${width}`} />
      </div>
    ))}
  </div>
)

function Nothing({ filter, onClear }: { filter: TaskFilter; onClear(): void }) {
  if (filter.search || filter.priority || filter.due || filter.tag)
    return (
      <EmptyState icon={SearchX} title="No task fits">
        <p className="mb-2">Nothing matches what you look for.</p>
        <Button onClick={onClear}>Clear the filters</Button>
      </EmptyState>
    )
  if (filter.status === 'completed')
    return (
      <EmptyState icon={CheckCheck} title="Nothing done yet">
        Tasks you complete are kept here.
      </EmptyState>
    )
  return (
    <EmptyState icon={ListTodo} title={filter.status === 'pending' ? 'No open tasks' : 'No tasks yet'}>
      Add one above, or just say it: “remind me to call mom tomorrow at 5pm”.
    </EmptyState>
  )
}
