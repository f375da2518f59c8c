import type { z } from 'zod'
import * as value from './config-values.ts'

/** One user's limits across all instances; 0: unlimited. */
export interface UserLimits {
  readonly turnsPerMinute: number
  /** Model tokens per window of `budgetWindowHours`. */
  readonly tokenBudget: number
  readonly budgetWindowHours: number
  /** Tokens reserved for a turn until its usage is known. */
  readonly tokensReservedPerTurn: number
}

/** Price of a million tokens, in any currency. */
export interface ModelPrice {
  readonly input: number
  readonly output: number
}

export interface LimitSettings {
  /** Sign-ins and sign-ups a minute from one address, across all instances; 0: unlimited. */
  readonly signInsPerMinute: number
  /** Sign-ins a minute into one account, from any address. */
  readonly signInsPerAccount: number
  readonly userLimits: UserLimits
  /** Keyed by the names that `MODEL` takes. */
  readonly modelPrices: ReadonlyMap<string, ModelPrice>
  /** The next three are limits of one process. */
  readonly maxConnections: number
  readonly maxStreams: number
  readonly maxStreamsPerUser: number
}

export const limitVariables = {
  SIGN_INS_PER_MINUTE: value.wholeNumber(0, 1_000_000, 20),
  SIGN_INS_PER_ACCOUNT: value.wholeNumber(0, 1_000_000, 10),
  TURNS_PER_MINUTE: value.wholeNumber(0, 1_000_000, 60),
  TOKEN_BUDGET: value.wholeNumber(0, 1_000_000_000_000, 0),
  BUDGET_WINDOW_HOURS: value.wholeNumber(1, 8760, 24),
  TOKENS_RESERVED_PER_TURN: value.wholeNumber(1, 100_000_000, 2000),
  MODEL_PRICES: value.modelPrices,
  MAX_CONNECTIONS: value.wholeNumber(1, 1_000_000, 16_000),
  MAX_STREAMS: value.wholeNumber(1, 1_000_000, 12_000),
  MAX_STREAMS_PER_USER: value.wholeNumber(1, 1_000_000, 50),
}

type Given = z.output<z.ZodObject<typeof limitVariables>>

/** With a smaller budget no turn could ever start. */
export const checkBudget = ({ TOKEN_BUDGET: budget, TOKENS_RESERVED_PER_TURN: reserved }: Given): string[] =>
  budget > 0 && budget < reserved
    ? [`TOKEN_BUDGET must be 0 or at least TOKENS_RESERVED_PER_TURN, which is ${reserved}`]
    : []

export const limitsOf = (given: Given): LimitSettings => ({
  signInsPerMinute: given.SIGN_INS_PER_MINUTE,
  signInsPerAccount: given.SIGN_INS_PER_ACCOUNT,
  userLimits: {
    turnsPerMinute: given.TURNS_PER_MINUTE,
    tokenBudget: given.TOKEN_BUDGET,
    budgetWindowHours: given.BUDGET_WINDOW_HOURS,
    tokensReservedPerTurn: given.TOKENS_RESERVED_PER_TURN,
  },
  modelPrices: given.MODEL_PRICES,
  maxConnections: given.MAX_CONNECTIONS,
  maxStreams: given.MAX_STREAMS,
  maxStreamsPerUser: given.MAX_STREAMS_PER_USER,
})
