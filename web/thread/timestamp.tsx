import { useTimeZone } from '../settings/settings-queries.ts'
import { clockTimeOf, wallTimeOf } from '../tasks/zoned-time.ts'

/** A time in its shortest clear form, in the person's time zone; in full in the tooltip. */
export function Timestamp({ at }: { at: string }) {
  const timeZone = useTimeZone()
  const date = new Date(at)
  const full = { dateStyle: 'full', timeStyle: 'long', timeZone } as const
  return (
    <time dateTime={at} title={date.toLocaleString('en-GB', full)} className="px-2 tabular-nums">
      {[dayOf(date, timeZone), clockTimeOf(date, timeZone)].filter(Boolean).join(', ')}
    </time>
  )
}

/** Omits the day for today, and the year for this year. */
function dayOf(date: Date, timeZone: string): string {
  const [then, now] = [wallTimeOf(date, timeZone), wallTimeOf(new Date(), timeZone)]
  const isSame = (digits: number) => then.slice(0, digits) === now.slice(0, digits)
  if (isSame('2026-11-28'.length)) return ''
  const year = isSame('2026'.length) ? {} : ({ year: 'numeric' } as const)
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...year, timeZone })
}
