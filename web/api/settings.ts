import { request } from './request.ts'

export interface Settings {
  /** An IANA name; null: use the browser's zone. */
  time_zone: string | null
  locale: string | null
}

export const readSettings = (): Promise<Settings> => request('/settings')

export const changeSettings = (change: Partial<Settings>): Promise<Settings> =>
  request('/settings', { method: 'PUT', body: change })
