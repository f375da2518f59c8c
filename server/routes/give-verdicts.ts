import { withUser } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { listCallsOf } from '../store/messages.ts'
import type { Verdict } from '../store/tool-calls.ts'
import type { TurnName } from '../store/turns.ts'
import type { Engine } from '../turns/engine.ts'
import { giveVerdict } from '../turns/steer-turn.ts'
import { textOf } from '../wire/text.ts'

const maxReasonCharacters = 1000

/** The user's reason for denying a call; an empty one counts as none. */
export const denialReason = textOf(0, maxReasonCharacters)
  .nullish()
  .transform(text => text || undefined)
  .openapi({ type: ['string', 'null'], maxLength: maxReasonCharacters })

/**
 * Records verdicts on a conversation's open calls, each once, and returns their turn and the calls concerned. Unknown
 * or already decided calls are skipped, so the same verdicts may be sent again. Throws tool_call_not_found when none of
 * the calls belongs to the conversation.
 */
export async function giveVerdicts(
  engine: Engine,
  { userId, conversationId }: { userId: string; conversationId: string },
  verdicts: Verdict[],
): Promise<TurnName & { answered: Set<string> }> {
  const ids = verdicts.map(verdict => verdict.callId.toLowerCase()).filter(id => isUuid.test(id))
  const calls = await withUser(engine.db, userId, tx => listCallsOf(tx, userId, { conversationId, ids }))
  const turnId = calls.at(-1)?.turnId
  if (turnId === undefined) throw new AppError('tool_call_not_found')
  const answered = new Set(calls.filter(call => call.turnId === turnId).map(call => call.id))
  for (const verdict of verdicts) {
    if (!answered.has(verdict.callId.toLowerCase())) continue
    await giveVerdict(engine, userId, verdict).catch(error => {
      if (!(error instanceof AppError && error.code === 'conflict')) throw error
    })
  }
  return { userId, turnId, answered }
}

/** Far more calls than one step asks about, far fewer than a statement can name. */
const mostAtOnce = 1000

export function checkCount(given: readonly unknown[], place: string): void {
  if (given.length > mostAtOnce) throw new AppError('invalid', `${place}: at most ${mostAtOnce} at once`)
}

const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
