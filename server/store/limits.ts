import { type Connection, callFunction } from '../db/database.ts'
import type { RateLimit } from '../errors.ts'
import type { UserLimits } from '../limit-settings.ts'

/** What keeps a message from being taken in, and for how long. Their rules: migrations/0017-limits.sql. */
export interface LimitReached extends RateLimit {
  refused: 'turns' | 'tokens'
  retry_after_seconds: number
}

/** Where a user stands, by the database's clock. */
export interface Standing {
  /** Taken in this minute. */
  turns: number
  turns_reset_at: string
  /** Tokens, in this window. */
  used: number
  /** By the turns that run or wait. */
  reserved: number
  tokens_reset_at: string
  now: string
}

export const findStanding = (db: Connection, userId: string, limits: UserLimits): Promise<Standing> =>
  callFunction(db, 'limits_of_v1', [userId, JSON.stringify(settingsOf(limits))])

/** As the functions take them; null where there is nothing to count. */
export const limitsArgument = (limits: UserLimits | undefined): string | null =>
  limits && (limits.turnsPerMinute > 0 || limits.tokenBudget > 0) ? JSON.stringify(settingsOf(limits)) : null

const settingsOf = (limits: UserLimits) => ({
  turns_per_minute: limits.turnsPerMinute,
  tokens: limits.tokenBudget,
  window_hours: limits.budgetWindowHours,
  tokens_per_turn: limits.tokensReservedPerTurn,
})
