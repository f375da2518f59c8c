const ofDay = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })
const ofYear = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: 'numeric',
  minute: '2-digit',
})
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' })

/** As short as it is clear; all of it in the tooltip. */
export function Timestamp({ at }: { at: string }) {
  const date = new Date(at)
  const isToday = date.toDateString() === new Date().toDateString()
  return (
    <time dateTime={at} title={full.format(date)} className="px-2 tabular-nums">
      {(isToday ? ofDay : ofYear).format(date)}
    </time>
  )
}
