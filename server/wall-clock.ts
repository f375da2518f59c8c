/**
 * Local time of a zone. A wall time is a number: the milliseconds at which a UTC clock shows the same. The platform has
 * no Temporal yet; from Intl only the offsets are needed.
 */
const minuteMs = 60_000
const dayMs = 86_400_000

// Creating a formatter costs more than a thousand uses of one; they are immutable, so caching them adds no state.
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
    if (formatters.size >= 500) formatters.clear()
    formatters.set(timeZone, formatter)
  }
  return formatter
}

/** A zone's name as IANA spells it; undefined when there is no such zone. */
export function canonicalZone(name: string): string | undefined {
  try {
    return formatterOf(name).resolvedOptions().timeZone
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function offsetAt(instant: number, timeZone: string): number {
  const parts = formatterOf(timeZone).formatToParts(instant)
  const name = parts.find(part => part.type === 'timeZoneName')?.value ?? ''
  const [, sign, hours, minutes, seconds = 0] = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name) ?? []
  if (!sign) return 0
  const offset = (Number(hours) * 60 + Number(minutes)) * minuteMs + Number(seconds) * 1000
  return sign === '-' ? -offset : offset
}

export const wallTimeOf = (instant: Date, timeZone: string): number =>
  instant.getTime() + offsetAt(instant.getTime(), timeZone)

/**
 * The instant when the zone's clocks show `wall`: the first if they do so twice; if a clock change skips it, later by
 * what was skipped.
 */
export function instantOf(wall: number, timeZone: string): Date {
  const before = offsetAt(wall - dayMs, timeZone)
  const after = offsetAt(wall + dayMs, timeZone)
  const early = wall - before
  if (offsetAt(early, timeZone) === before) return new Date(early)
  const late = wall - after
  return new Date(offsetAt(late, timeZone) === after ? late : early)
}

/** The first instant of the day that `instant` falls on in the zone, and of the next. */
export function dayAround(instant: Date, timeZone: string): { start: Date; end: Date } {
  const midnight = Math.floor(wallTimeOf(instant, timeZone) / dayMs) * dayMs
  return { start: instantOf(midnight, timeZone), end: instantOf(midnight + dayMs, timeZone) }
}
