import { isUserErased } from '../db/failure.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import { TurnLost } from '../store/turns.ts'

/** Reasons for a turn's work to stop before its answer is complete; its signal aborts with one of them. */

/** Cancellation was requested. */
export class TurnCancelled extends Error {}

/** This instance is shutting down: another takes the turn over from its journal. */
export class TurnReleased extends Error {}

export type TurnEnding =
  | { kind: 'cancelled' }
  | { kind: 'failed'; code: ErrorCode; detail: string }
  /** Nothing may be written: the turn belongs, or will belong, to another instance. */
  | { kind: 'left' }

export function endingOf(error: unknown): TurnEnding {
  if (error instanceof TurnLost || error instanceof TurnReleased || isUserErased(error))
    return { kind: 'left' }
  if (error instanceof TurnCancelled) return { kind: 'cancelled' }
  if (error instanceof AppError) return { kind: 'failed', code: error.code, detail: error.message }
  return { kind: 'failed', code: 'internal', detail: 'Something went wrong while answering' }
}
