/** Wall-clock arithmetic in a time zone, on top of Intl. Months are 1–12, weekdays 0 (Sunday) – 6. */
export interface Wall {
  year: number
  month: number
  day: number
  hour: number
  minute: number
}

export interface Clock {
  now: Date
  timeZone: string
  /** en-US reads 3/5 as 5 March, everyone else as 3 May. */
  monthFirst: boolean
}

// Making an Intl formatter costs more than a whole answer; they are immutable, so keeping them is no state.
const formatters = new Map<string, Intl.DateTimeFormat>()

export function formatter(key: string, make: () => Intl.DateTimeFormat): Intl.DateTimeFormat {
  const kept = formatters.get(key)
  if (kept) return kept
  if (formatters.size > 200) formatters.clear()
  const made = make()
  formatters.set(key, made)
  return made
}

const wallFormatter = (timeZone: string) =>
  formatter(
    `wall ${timeZone}`,
    () =>
      new Intl.DateTimeFormat('en-US', {
        timeZone,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
      }),
  )

function isZone(timeZone: string): boolean {
  try {
    wallFormatter(timeZone)
    return true
  } catch {
    return false
  }
}

export function clockOf(given: {
  now: string | undefined
  timeZone: string | undefined
  locale: string | undefined
}): Clock {
  const at = given.now === undefined ? Number.NaN : Date.parse(given.now)
  return {
    now: Number.isNaN(at) ? new Date() : new Date(at),
    timeZone: given.timeZone && isZone(given.timeZone) ? given.timeZone : 'UTC',
    monthFirst: given.locale === 'en-US',
  }
}

export function wallOf(at: Date, timeZone: string): Wall {
  const wall: Wall = { year: 1970, month: 1, day: 1, hour: 0, minute: 0 }
  for (const { type, value } of wallFormatter(timeZone).formatToParts(at)) {
    if (type === 'year' || type === 'month' || type === 'day' || type === 'hour' || type === 'minute')
      wall[type] = Number(value)
  }
  return wall
}

const asUtc = ({ year, month, day, hour, minute }: Wall) => Date.UTC(year, month - 1, day, hour, minute)

/** The instant at which the zone's clocks show `wall`; in a spring gap, the one an hour later. */
export function instantOf(wall: Wall, timeZone: string): Date {
  const target = asUtc(wall)
  let at = target
  for (let round = 0; round < 2; round += 1) at -= asUtc(wallOf(new Date(at), timeZone)) - target
  return new Date(at)
}

export const weekdayOf = (wall: Wall) => new Date(asUtc(wall)).getUTCDay()

export function plusDays(wall: Wall, days: number): Wall {
  const at = new Date(Date.UTC(wall.year, wall.month - 1, wall.day + days))
  return { ...wall, year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() }
}

export const daysInMonth = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate()

/** Month ends clamp: 31 January plus one month is 28 or 29 February. */
export function plusMonths(wall: Wall, months: number): Wall {
  const index = wall.year * 12 + wall.month - 1 + months
  const year = Math.floor(index / 12)
  const month = (index % 12) + 1
  return { ...wall, year, month, day: Math.min(wall.day, daysInMonth(year, month)) }
}

/** Whole days from one wall date to another. */
export const daysBetween = (from: Wall, to: Wall) =>
  Math.round(
    (Date.UTC(to.year, to.month - 1, to.day) - Date.UTC(from.year, from.month - 1, from.day)) / 86_400_000,
  )
