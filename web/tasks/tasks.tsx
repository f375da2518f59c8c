import { X } from 'lucide-react'
import { useState } from 'react'
import type { TaskFilter } from '../api/tasks.ts'
import { IconButton } from '../design/button.tsx'
import { useSettled } from '../design/settled.ts'
import { NewTask } from './new-task.tsx'
import { TaskFilters } from './task-filters.tsx'
import { TaskList } from './task-list.tsx'

const everythingOpen: TaskFilter = {
  status: 'pending',
  search: '',
  sort: 'created_at',
  priority: '',
  due: '',
  tag: '',
}

/** The tasks panel; in a drawer it has its own close button. */
export function Tasks({ onClose }: { onClose?: () => void }) {
  const [filter, setFilter] = useState(everythingOpen)
  const search = useSettled(filter.search.trim())
  return (
    <section aria-label="Tasks" className="flex min-h-0 flex-1 flex-col bg-ground">
      <div className="flex h-14 shrink-0 items-center justify-between border-b border-line pr-3 pl-4">
        <h2 className="font-semibold">Tasks</h2>
        {onClose && (
          <IconButton label="Close tasks" onClick={onClose}>
            <X />
          </IconButton>
        )}
      </div>
      <div className="grid gap-3 border-b border-line p-3">
        <NewTask />
        <TaskFilters filter={filter} onChange={change => setFilter({ ...filter, ...change })} />
      </div>
      <TaskList
        filter={{ ...filter, search }}
        onTag={tag => setFilter({ ...filter, tag })}
        onClear={() => setFilter({ ...everythingOpen, status: filter.status, sort: filter.sort })}
      />
    </section>
  )
}
