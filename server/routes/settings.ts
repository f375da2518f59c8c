import { type Database, withUser } from '../db/database.ts'
import { findUserSettings, type UserSettings, updateUserSettings } from '../store/user-settings.ts'
import { createApi } from './api.ts'
import { read, update } from './settings-contract.ts'

export function settingsRoutes({ db }: { db: Database }) {
  const api = createApi()

  api.openapi(read, async c => {
    const { id: userId } = c.var.user
    return c.json(viewSettings(await withUser(db, userId, tx => findUserSettings(tx, userId))), 200)
  })

  api.openapi(update, async c => {
    const { id: userId } = c.var.user
    const change = c.req.valid('json')
    return c.json(viewSettings(await withUser(db, userId, tx => updateUserSettings(tx, userId, change))), 200)
  })

  return api
}

const viewSettings = ({ timeZone, locale }: UserSettings) => ({ time_zone: timeZone, locale })
