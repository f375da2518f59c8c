import { DrizzleQueryError } from 'drizzle-orm'
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino'

export type Logger = PinoLogger

/** JSON lines, on standard output unless told otherwise. Never the text of a message, a token or a secret. */
export const createLogger = (level: string, destination: DestinationStream = pino.destination(1)): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: (error: unknown) => describeError(error) },
    },
    destination,
  )

interface ErrorDescription {
  type: string
  message: string
  code?: unknown
  stack?: string | undefined
  cause?: ErrorDescription
}

/** Of an error, what names it and where it came from: drivers add statements, details and values of people's rows. */
export function describeError(error: unknown): ErrorDescription {
  // The query builder's quotes its statement with all values; what went wrong is its cause.
  if (error instanceof DrizzleQueryError) return describeError(error.cause ?? 'The statement failed')
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) }
  return {
    type: error.name,
    message: error.message,
    ...('code' in error ? { code: error.code } : {}),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  }
}

/** One function for each thing that happens to a turn, so that it is told the same way wherever it happens. */

interface TurnFacts {
  turn_id: string
  conversation_id: string
  user_id: string
  epoch: number
}

export const logTurnTakenOver = (log: Logger, turn: TurnFacts & { attempts: number }) =>
  log.info({ event: 'turn.taken_over', ...turn }, 'turn taken over')

export const logTurnEnded = (
  log: Logger,
  turn: TurnFacts & { status: string; code?: string | undefined; ms: number },
) => log.info({ event: 'turn.ended', ...turn }, 'turn ended')

export const logTurnFailed = (log: Logger, turn: TurnFacts, error: unknown) =>
  log.warn({ event: 'turn.failed', ...turn, err: error }, 'turn failed')

export const logReminderFired = (
  log: Logger,
  reminder: { reminder_id: string; user_id: string; outcome: string; late: boolean; turn_id?: string },
) => log.info({ event: 'reminder.fired', ...reminder }, 'reminder fired')

/** This instance stopped working on a turn without ending it; whoever owns it now, or the next sweep, goes on. */
export const logTurnLeft = (log: Logger, turn: TurnFacts, error: unknown) =>
  log.error({ event: 'turn.left', ...turn, err: error }, 'turn left')
