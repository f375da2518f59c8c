import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { changeSettings, readSettings, type Settings } from '../api/settings.ts'

const key = ['settings']

export const useSettings = () => useQuery({ queryKey: key, queryFn: readSettings, staleTime: 60_000 })

export function useChangeSettings() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (change: Partial<Settings>) => changeSettings(change),
    onSuccess: (settings: Settings) => {
      queries.setQueryData(key, settings)
      return queries.invalidateQueries({ queryKey: ['tasks'] })
    },
  })
}

export const browserTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** The zone in which this person reads and writes times: the chosen one, else the browser's. */
export const useTimeZone = (): string => useSettings().data?.time_zone ?? browserTimeZone()
