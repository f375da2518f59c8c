import { type Connection, callFunction } from '../db/database.ts'
import type { RateLimit } from '../errors.ts'
import type { UserLimits } from '../limit-settings.ts'

/** The limit that refuses a message, and for how long. The rules: migrations/0017-limits.sql. */
export interface LimitReached extends RateLimit {
  refused: 'turns' | 'tokens'
  retry_after_seconds: number
}

/** A user's consumption of their limits, by the database's clock. */
export interface Standing {
  /** Turns accepted in this minute. */
  turns: number
  turns_reset_at: string
  /** Tokens used in the current window. */
  used: number
  /** Tokens reserved by running and queued turns. */
  reserved: number
  tokens_reset_at: string
  now: string
}

export const findStanding = (db: Connection, userId: string, limits: UserLimits): Promise<Standing> =>
  callFunction(db, 'limits_of_v1', [userId, JSON.stringify(settingsOf(limits))])

/** The limits as the SQL functions take them; null when nothing is limited. */
export const limitsArgument = (limits: UserLimits | undefined): string | null =>
  limits && (limits.turnsPerMinute > 0 || limits.tokenBudget > 0) ? JSON.stringify(settingsOf(limits)) : null

const settingsOf = (limits: UserLimits) => ({
  turns_per_minute: limits.turnsPerMinute,
  tokens: limits.tokenBudget,
  window_hours: limits.budgetWindowHours,
  tokens_per_turn: limits.tokensReservedPerTurn,
})
