import { AppError } from '../errors.ts'
import type { Conversation } from '../store/conversations.ts'
import type { TurnName } from '../store/turns.ts'
import type { Engine } from '../turns/engine.ts'
import { stopTurn } from '../turns/steer-turn.ts'
import { approve, refuse } from '../wire/chatkit-items.ts'
import type { ChatKitAction } from './chatkit-contract.ts'
import { giveVerdicts } from './give-verdicts.ts'

/** The turn that an answered question continues, and the calls that the question was about. */
export type AnsweredTurn = TurnName & { answered: ReadonlySet<string> }

/** Sent by the host page: the protocol has no request that stops an answer. */
const cancel = 'turn.cancel'

/**
 * Handles an action of a widget or of the host page. Throws tool_call_not_found if it is about no question of this
 * thread, invalid for unknown actions.
 */
export async function takeAction(
  engine: Engine,
  { userId, id: conversationId, activeTurn }: Conversation,
  { type, payload }: ChatKitAction,
): Promise<AnsweredTurn | undefined> {
  if (type === cancel) {
    if (activeTurn) await stopTurn(engine, { userId, turnId: activeTurn })
    return undefined
  }
  if (type !== approve && type !== refuse)
    throw new AppError('invalid', 'action: there is no such action here')
  const verdict = { callId: callIn(payload), approved: type === approve }
  return giveVerdicts(engine, { userId, conversationId }, [verdict])
}

function callIn(payload: unknown): string {
  const { tool_call_id: id } = Object(payload) as { tool_call_id?: unknown } // any value can be read this way
  if (typeof id !== 'string') throw new AppError('invalid', 'action.payload.tool_call_id: must be a string')
  return id
}
