import { ListFilter } from 'lucide-react'
import { useId, useState } from 'react'
import type { TaskFilter } from '../api/tasks.ts'
import { IconButton } from '../design/button.tsx'
import { Choice } from '../design/choice.tsx'
import { SearchBox } from '../design/search-box.tsx'
import { Segments } from '../design/segments.tsx'

interface TaskFiltersProps {
  filter: TaskFilter
  onChange(change: Partial<TaskFilter>): void
}

const statuses = [
  { value: 'pending', words: 'Open' },
  { value: 'completed', words: 'Done' },
  { value: 'all', words: 'All' },
] as const
const sorts = {
  created_at: 'Newest first',
  due_date: 'Due first',
  priority: 'Important first',
  title: 'By title',
}
const priorities = {
  '': 'Any priority',
  high: 'High priority',
  medium: 'Medium priority',
  low: 'Low priority',
}
const dues = { '': 'Due any time', overdue: 'Overdue', today: 'Due today', upcoming: 'Upcoming' }

/** Filters and order of the tasks; rarely used controls are behind a button. */
export function TaskFilters({ filter, onChange }: TaskFiltersProps) {
  const [isOpen, setOpen] = useState(false)
  const more = useId()
  const narrowed = [filter.search, filter.priority, filter.due, filter.tag].some(Boolean)
  return (
    <div className="grid gap-2.5">
      <div className="flex items-center justify-between gap-2">
        <Segments
          label="Which tasks"
          options={statuses}
          value={filter.status}
          onChange={status => onChange({ status })}
        />
        <IconButton
          label={isOpen ? 'Fewer filters' : 'More filters'}
          aria-expanded={isOpen}
          aria-controls={more}
          className={narrowed ? 'text-accent' : undefined}
          onClick={() => setOpen(!isOpen)}
        >
          <ListFilter />
        </IconButton>
      </div>
      <div id={more} hidden={!isOpen} className="grid gap-2 appear">
        <SearchBox label="Search tasks" text={filter.search} onChange={search => onChange({ search })} />
        <div className="grid grid-cols-2 gap-2">
          <Choice
            label="Priority"
            options={priorities}
            value={filter.priority}
            onChange={priority => onChange({ priority })}
          />
          <Choice label="Due" options={dues} value={filter.due} onChange={due => onChange({ due })} />
        </div>
        <Choice
          label="Order of tasks"
          options={sorts}
          value={filter.sort}
          onChange={sort => onChange({ sort })}
        />
      </div>
      {filter.tag && (
        <button
          type="button"
          onClick={() => onChange({ tag: '' })}
          className="justify-self-start rounded-full bg-accent-soft px-2.5 py-1 text-xs text-accent hover:underline"
        >
          Only #{filter.tag} <span aria-hidden="true">×</span>
          <span className="sr-only">: show all tags</span>
        </button>
      )}
    </div>
  )
}
