import { type Connection, callFunction } from '../db/database.ts'

/** Keys are written and looked up by accept_turn; here they are only forgotten. Returns how many were. */
export const forgetKeys = (db: Connection, afterHours: number, limit: number): Promise<number> =>
  callFunction(db, 'forget_keys_v2', [afterHours, limit])
