/** Conversion between instants and a zone's local times. */

const clocks = new Map<string, Intl.DateTimeFormat>()

function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone)
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
    clocks.set(zone, clock)
  }
  return clock
}

/** `2026-03-05T14:30`, the format of `datetime-local` inputs. */
export function wallTimeOf(instant: Date, zone: string): string {
  const parts = Object.fromEntries(
    clockOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  )
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`
}

/** The instant at which the zone's clocks show this; undefined when the text is not a time. */
export function instantOf(wallTime: string, zone: string): Date | undefined {
  const asUtc = Date.parse(`${wallTime}Z`)
  if (Number.isNaN(asUtc)) return undefined
  // A first guess may have the offset from the other side of a clock change; the second one is right.
  const first = asUtc - offsetAt(asUtc, zone)
  return new Date(asUtc - offsetAt(first, zone))
}

/** How far the zone's clocks are ahead of UTC, in milliseconds. */
function offsetAt(instant: number, zone: string): number {
  const minute = Math.floor(instant / 60_000) * 60_000
  return Date.parse(`${wallTimeOf(new Date(minute), zone)}Z`) - minute
}

/** `14:30`, or `2:30 PM` in locales with a 12-hour clock, as in the browser's own controls and the agent's answers. */
export function clockTimeOf(instant: Date, zone: string, locale = navigator.language): string {
  const { hour12 = false } = new Intl.DateTimeFormat(locale, { hour: 'numeric' }).resolvedOptions()
  return instant.toLocaleTimeString('en', {
    ...(hour12 ? { hour: 'numeric', hourCycle: 'h12' } : { hour: '2-digit', hourCycle: 'h23' }),
    minute: '2-digit',
    timeZone: zone,
  })
}
