/** Descriptions of tool calls: before and after being done. */
const words: Record<string, readonly [doing: string, done: string]> = {
  add_task: ['Add a task', 'Added a task'],
  list_tasks: ['Look at the tasks', 'Looked at the tasks'],
  search_tasks: ['Search the tasks', 'Searched the tasks'],
  complete_task: ['Complete a task', 'Completed a task'],
  reopen_task: ['Reopen a task', 'Reopened a task'],
  update_task: ['Change a task', 'Changed a task'],
  delete_task: ['Delete a task', 'Deleted a task'],
  get_current_user: ['Look up who you are', 'Looked up who you are'],
  set_reminder: ['Set a reminder', 'Set a reminder'],
  cancel_reminder: ['Cancel a reminder', 'Cancelled a reminder'],
  list_reminders: ['Look at the reminders', 'Looked at the reminders'],
}

/** Tools of other agents have only their names: `get_weather` becomes “Get weather”. */
export function wordsFor(tool: string, isDone: boolean): string {
  const known = words[tool]
  if (known) return known[isDone ? 1 : 0]
  const name = tool.replaceAll(/[_-]+/g, ' ').trim()
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** The number of the task that a call is about. */
export function taskOf(tool: string, input: unknown): number | undefined {
  if (!/^(complete|reopen|update|delete)_task$/.test(tool) || typeof input !== 'object') return undefined
  const id = Number((input as { task_id?: unknown } | null)?.task_id) // any object can be read this way
  return Number.isInteger(id) ? id : undefined
}

/** The subject of a call, if its arguments or result contain a title or similar. */
export function subjectOf(input: unknown, output: unknown): string | undefined {
  for (const value of [output, input]) {
    if (typeof value !== 'object' || value === null) continue
    const { title, text, search, query } = value as Record<string, unknown> // any object can be read by property name
    for (const each of [title, text, search, query]) if (typeof each === 'string' && each) return each
  }
  return undefined
}

/** The arguments as readable fields, for the person asked to approve the call. */
export function factsOf(input: unknown): [name: string, value: string][] {
  if (typeof input !== 'object' || input === null) return []
  return Object.entries(input).map(([name, value]) => [
    name.replaceAll('_', ' '),
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
}
