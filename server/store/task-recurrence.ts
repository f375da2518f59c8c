import { instantOf, wallTimeOf } from '../wall-clock.ts'

export type Recurrence = 'daily' | 'weekly' | 'monthly'

/** When and where a recurring task is due. */
export interface Schedule {
  dueDate: Date
  recurrence: Recurrence
  /**
   * The day of the month a monthly task was first due: shorter months use their last day, later months return to it.
   */
  anchorDay: number | null
  timeZone: string
}

const lastDueDate = Date.parse('9999-12-31T23:59:59.999Z')

/** The next due date, at the same local time of day in the zone; undefined past the year 9999. */
export function nextDueDate({ dueDate, recurrence, anchorDay, timeZone }: Schedule): Date | undefined {
  const wall = new Date(wallTimeOf(dueDate, timeZone))
  if (recurrence === 'monthly') moveToNextMonth(wall, anchorDay ?? wall.getUTCDate())
  else wall.setUTCDate(wall.getUTCDate() + (recurrence === 'weekly' ? 7 : 1))
  const next = instantOf(wall.getTime(), timeZone)
  return next.getTime() <= lastDueDate ? next : undefined
}

function moveToNextMonth(wall: Date, anchorDay: number): void {
  wall.setUTCDate(1)
  wall.setUTCMonth(wall.getUTCMonth() + 1)
  const monthEnd = new Date(wall)
  monthEnd.setUTCMonth(monthEnd.getUTCMonth() + 1, 0)
  wall.setUTCDate(Math.min(anchorDay, monthEnd.getUTCDate()))
}

export const anchorDayOf = (dueDate: Date, timeZone: string): number =>
  new Date(wallTimeOf(dueDate, timeZone)).getUTCDate()
