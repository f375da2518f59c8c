import { readWhen } from './dates.ts'
import { moved } from './day-reading.ts'
import type { Change } from './goal.ts'
import type { Named } from './memory.ts'
import type { Call, Scene } from './pursuit.ts'
import { type Clock, instantOf, wallOf } from './zone.ts'

/** What a change comes to for one task, as `update_task` takes it. */

/** Whether a change can only be told from what the task is now. */
export const needsTask = ({ addTags, dropTags, recurrence, time, shift, keepsTime, ...plain }: Change) =>
  Boolean(addTags || dropTags || recurrence || time || shift || keepsTime) || Object.keys(plain).length === 0

/** The due date a change comes to: a time alone keeps the day, a shift counts from the date there is. */
function dueDate(
  { time, shift, due_date, keepsTime }: Change,
  task: Named,
  clock: Clock,
): string | null | undefined {
  const now = wallOf(clock.now, clock.timeZone)
  const due = task.dueAt ? wallOf(new Date(task.dueAt), clock.timeZone) : undefined
  const toInstant = (wall: typeof now) => instantOf(wall, clock.timeZone).toISOString()
  if (shift) return toInstant(moved(due ?? { ...now, hour: 23, minute: 59 }, shift).wall)
  if (keepsTime && due && due_date)
    return toInstant({ ...wallOf(new Date(due_date), clock.timeZone), ...timeOfDay(due) })
  if (!time || !due) return due_date
  const sameDay = toInstant({ ...due, ...time })
  return Date.parse(sameDay) > clock.now.getTime() ? sameDay : due_date
}

const timeOfDay = ({ hour, minute }: { hour: number; minute: number }) => ({ hour, minute })

export function updateArguments(change: Change, task: Named, { clock }: Scene): Call['input'] {
  const {
    addTags,
    dropTags,
    wrongDate: _d,
    wrongRepeat: _r,
    timed: _t,
    time: _c,
    shift: _s,
    keepsTime: _k,
    ...plain
  } = change
  const input: Call['input'] = { task_id: task.id, ...plain }
  if (addTags || dropTags) {
    const dropped = new Set((dropTags ?? []).map(tag => tag.toLowerCase()))
    const kept = [...(task.tags ?? []), ...(addTags ?? [])].filter(tag => !dropped.has(tag.toLowerCase()))
    input.tags = [...new Set(kept)].slice(0, 10)
  }
  const due = dueDate(change, task, clock)
  if (due !== undefined) input.due_date = due
  // A repetition needs a date to start from.
  if (plain.recurrence && !input.due_date && !task.dueAt) input.due_date = readWhen('today', clock)?.due
  return input
}
