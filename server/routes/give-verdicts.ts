import { withUser } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { listCallsOf } from '../store/messages.ts'
import type { TurnName } from '../store/turns.ts'
import type { Engine } from '../turns/engine.ts'
import { giveVerdict } from '../turns/steer-turn.ts'

export interface GivenVerdict {
  callId: string
  approved: boolean
}

/**
 * Settles questions of a conversation, each once, and returns their turn and which of its calls they were about. What is
 * no question there, or was answered already, is passed over, so that the same answers may come again. Throws
 * tool_call_not_found when nothing of it is.
 */
export async function giveVerdicts(
  engine: Engine,
  { userId, conversationId }: { userId: string; conversationId: string },
  verdicts: GivenVerdict[],
): Promise<TurnName & { answered: Set<string> }> {
  const ids = verdicts.map(verdict => verdict.callId.toLowerCase()).filter(id => isUuid.test(id))
  const calls = await withUser(engine.db, userId, tx => listCallsOf(tx, userId, { conversationId, ids }))
  const turnId = calls.at(-1)?.turnId
  if (turnId === undefined) throw new AppError('tool_call_not_found')
  const answered = new Set(calls.filter(call => call.turnId === turnId).map(call => call.id))
  for (const { callId, approved } of verdicts) {
    if (!answered.has(callId.toLowerCase())) continue
    await giveVerdict(engine, userId, { callId, approved }).catch(error => {
      if (!(error instanceof AppError && error.code === 'conflict')) throw error
    })
  }
  return { userId, turnId, answered }
}

const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
