const shape =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?:(:\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2}))?$/i

const minuteMs = 60_000

/**
 * Reads an ISO 8601 date, taken as midnight UTC, or a date-time with an offset or Z. Returns undefined when it is
 * neither, when no such moment exists, or when its year in UTC is outside 1 to 9999.
 */
export function readDueDate(text: string): Date | undefined {
  const [matched, date, time = '00:00', seconds = ':00', fraction = '', zone = 'Z'] =
    shape.exec(text.trim()) ?? []
  if (!matched) return undefined
  const wall = new Date(`${date}T${time}${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}Z`)
  // Date takes 30 February for 2 March and 24:00 for the next day.
  if (Number.isNaN(wall.getTime()) || wall.toISOString().slice(0, 10) !== date) return undefined
  const offset = offsetMs(zone)
  if (offset === undefined) return undefined
  const instant = new Date(wall.getTime() - offset)
  const year = instant.getUTCFullYear()
  return year >= 1 && year <= 9999 ? instant : undefined
}

function offsetMs(zone: string): number | undefined {
  if (zone.toUpperCase() === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(-2))
  if (hours > 23 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * minuteMs
}
