import { AppError } from '../errors.ts'
import type { Conversation } from '../store/conversations.ts'
import type { TurnName } from '../store/turns.ts'
import type { Engine } from '../turns/engine.ts'
import { stopTurn } from '../turns/steer-turn.ts'
import { approve, refuse } from '../wire/chatkit-items.ts'
import type { ChatKitAction } from './chatkit-contract.ts'
import { giveVerdicts } from './give-verdicts.ts'

/** The turn that goes on with an answered question, and the calls that the question was about. */
export type AnsweredTurn = TurnName & { answered: ReadonlySet<string> }

/** Of the host page's own: the protocol has no request that stops an answer. */
const cancel = 'turn.cancel'

/**
 * Takes an action of a widget, or of the page around the component. Throws tool_call_not_found for what is no question of
 * this thread, invalid for actions that are none of ours.
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
  const { tool_call_id: id } = Object(payload) as { tool_call_id?: unknown } // any value has members, or none
  if (typeof id !== 'string') throw new AppError('invalid', 'action.payload.tool_call_id: must be a string')
  return id
}
