import { type Connection, callFunction } from '../db/database.ts'

/** Keys are written and looked up by accept_turn; here they are only forgotten. */
export const forgetKeys = (db: Connection, afterHours: number, limit: number): Promise<void> =>
  callFunction(db, 'forget_keys_v1', [afterHours, limit])
