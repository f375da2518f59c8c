import { isUserErased } from '../db/failure.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import { TurnLost } from '../store/turns.ts'

/** Why a turn's work stops before its answer is complete: the reasons its signal aborts with. */

/** Someone asked for it. */
export class TurnCancelled extends Error {}

/** This instance is going: another takes the turn over from its journal. */
export class TurnReleased extends Error {}

export type TurnEnding =
  | { kind: 'cancelled' }
  | { kind: 'failed'; code: ErrorCode; detail: string }
  /** Nothing may be written: the turn is, or will be, someone else's. */
  | { kind: 'left' }

export function endingOf(error: unknown): TurnEnding {
  if (error instanceof TurnLost || error instanceof TurnReleased || isUserErased(error))
    return { kind: 'left' }
  if (error instanceof TurnCancelled) return { kind: 'cancelled' }
  if (error instanceof AppError) return { kind: 'failed', code: error.code, detail: error.message }
  return { kind: 'failed', code: 'internal', detail: 'Something went wrong while answering' }
}
