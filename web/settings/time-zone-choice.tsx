import { Choice } from '../design/choice.tsx'
import { ProblemNotice } from '../design/problem-notice.tsx'
import { Skeleton } from '../design/skeleton.tsx'
import { browserTimeZone, useChangeSettings, useSettings } from './settings-queries.ts'

export function TimeZoneChoice() {
  const settings = useSettings()
  const change = useChangeSettings()
  if (settings.error) return <ProblemNotice error={settings.error} onRetry={() => settings.refetch()} />
  if (!settings.data) return <Skeleton className="h-9 max-w-96" />
  return (
    <div className="grid max-w-96 gap-3">
      <Choice
        label="Time zone"
        options={zonesWith(settings.data.time_zone)}
        value={settings.data.time_zone ?? ''}
        onChange={zone => change.mutate({ time_zone: zone || null })}
      />
      {change.error && <ProblemNotice error={change.error} />}
    </div>
  )
}

/** All zones the browser knows, always including the chosen one; null means the browser's zone. */
function zonesWith(chosen: string | null): Record<string, string> {
  const names = new Set(['UTC', ...Intl.supportedValuesOf('timeZone'), ...(chosen ? [chosen] : [])])
  const zones = Object.fromEntries([...names].map(name => [name, name.replaceAll('_', ' ')]))
  return { '': `As this browser: ${browserTimeZone().replaceAll('_', ' ')}`, ...zones }
}
