import type { Config } from '../config.ts'
import { type Database, withUser } from '../db/database.ts'
import { AppError } from '../errors.ts'
import type { ModelPrice, UserLimits } from '../limit-settings.ts'
import { findStanding, type Standing } from '../store/limits.ts'
import { listUsage, type UsageOfDay } from '../store/usage.ts'
import { createApi } from './api.ts'
import { maxDays, read } from './usage-contract.ts'

const dayMs = 86_400_000
const usualDays = 30

export function usageRoutes({ db, config }: { db: Database; config: Config }) {
  const { userLimits, modelPrices } = config
  const api = createApi()

  api.openapi(read, async c => {
    const { id: userId } = c.var.user
    const days = daysOf(c.req.valid('query'))
    const found = await withUser(db, userId, tx => listUsage(tx, userId, days))
    const standing = await findStanding(db, userId, userLimits)
    const shown = found.map(each => viewUsage(each, modelPrices.get(each.model)))
    return c.json(
      {
        from: dayOf(days.from),
        to: dayOf(new Date(days.until.getTime() - dayMs)),
        days: shown,
        total: totalOf(shown),
        limits: viewLimits(userLimits, standing),
      },
      200,
    )
  })

  return api
}

const dayOf = (at: Date) => at.toISOString().slice(0, 10)

/** Whole days, from the start of the first to the end of the last. */
function daysOf({ from, to = dayOf(new Date()) }: { from?: string | undefined; to?: string | undefined }) {
  const until = new Date(Date.parse(to) + dayMs)
  const begin = from === undefined ? new Date(until.getTime() - usualDays * dayMs) : new Date(from)
  const days = (until.getTime() - begin.getTime()) / dayMs
  if (days < 1) throw new AppError('invalid', 'from: must not be after to')
  if (days > maxDays) throw new AppError('invalid', `from: at most ${maxDays} days can be read at once`)
  return { from: begin, until }
}

const viewUsage = ({ day, model, turns, inputTokens, outputTokens }: UsageOfDay, price?: ModelPrice) => ({
  day,
  model,
  turns,
  input_tokens: inputTokens,
  output_tokens: outputTokens,
  cost: costOf(inputTokens, outputTokens, price),
})

/** Without tokens the cost is 0, even if the price is unknown. */
function costOf(input: number, output: number, price: ModelPrice | undefined): number | null {
  if (input + output === 0) return 0
  return price ? roundCost((input * price.input + output * price.output) / 1e6) : null
}

/** Hides floating-point noise. */
const roundCost = (cost: number) => Math.round(cost * 1e6) / 1e6

function totalOf(days: ReturnType<typeof viewUsage>[]) {
  const sum = (value: (day: (typeof days)[number]) => number) =>
    days.reduce((all, day) => all + value(day), 0)
  return {
    turns: sum(day => day.turns),
    input_tokens: sum(day => day.input_tokens),
    output_tokens: sum(day => day.output_tokens),
    cost: days.some(day => day.cost === null) ? null : roundCost(sum(day => day.cost ?? 0)),
  }
}

function viewLimits(limits: UserLimits, standing: Standing) {
  const { turnsPerMinute, tokenBudget, budgetWindowHours } = limits
  const { turns, used, reserved } = standing
  const turnsLeft = {
    limit: turnsPerMinute,
    remaining: Math.max(0, turnsPerMinute - turns),
    window_seconds: 60,
    resets_at: instant(standing.turns_reset_at),
  }
  const tokensLeft = {
    limit: tokenBudget,
    remaining: Math.max(0, tokenBudget - used - reserved),
    ...{ used, reserved },
    window_seconds: budgetWindowHours * 3600,
    resets_at: instant(standing.tokens_reset_at),
  }
  return { turns: turnsPerMinute > 0 ? turnsLeft : null, tokens: tokenBudget > 0 ? tokensLeft : null }
}

const instant = (text: string) => new Date(text).toISOString()
