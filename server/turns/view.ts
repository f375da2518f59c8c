import type { StoredPart, StoredTurn } from '../store/turns.ts'
import { callsOfParts, partsOf, textOfParts } from './answer.ts'
import { noUsage, usageOf } from './context-figure.ts'
import type { Part, TurnEvent, TurnOutcome, TurnStatus } from './event.ts'

/** A stored turn as followers and readers see it. */

export const isOver = (status: TurnStatus): status is TurnOutcome['status'] =>
  status !== 'queued' && status !== 'running'

/** The journaled parts, then the text that the current owner has published since. */
export function viewedParts(turn: StoredTurn): Part[] {
  const calls = new Map(turn.calls?.map(call => [call.id, call]))
  const parts = partsOf({ parts: storedParts(turn), calls })
  if (turn.status !== 'running') return parts
  const written = parts.length
  for (const { part: place, kind, step, delta } of turn.deltas ?? []) {
    if (place < written) continue
    while (parts.length < place) parts.push({ type: 'text', step, text: '' })
    const part = parts[place]
    if (part?.type === kind) part.text += delta
    else parts[place] = { type: kind, step, text: delta }
  }
  return parts
}

/** How many parts have been journaled: a late delta for one of them is already contained in it. */
export const countWritten = (turn: StoredTurn): number => storedParts(turn).length

function storedParts({ status, parts, answer, calls }: StoredTurn): StoredPart[] {
  if (isOver(status) && answer) {
    return answer.parts ?? (answer.content ? [{ type: 'text', step: 1, text: answer.content }] : [])
  }
  const opening = (calls ?? []).filter(call => call.step === 0)
  const isListed = parts?.some(part => part.step === 0)
  return [
    ...(isListed ? [] : opening.map(call => ({ type: 'tool_call' as const, step: 0, id: call.id }))),
    ...(parts ?? []),
  ]
}

export const snapshotOf = (turn: StoredTurn): TurnEvent => ({
  type: 'turn.snapshot',
  turn_id: turn.id,
  conversation_id: turn.conversation_id,
  status: turn.status,
  parts: viewedParts(turn),
})

export function outcomeOf(turn: StoredTurn, status: TurnOutcome['status']): TurnOutcome {
  const parts = viewedParts(turn)
  return {
    conversation_id: turn.conversation_id,
    turn_id: turn.id,
    message_id: turn.answer?.id ?? null,
    status,
    response: turn.answer?.content ?? textOfParts(parts),
    tool_calls: callsOfParts(parts),
    ...usageOf(turn.usage ?? noUsage),
    created_at: new Date(turn.created_at).toISOString(),
    ...(turn.error ? { error: turn.error } : {}),
  }
}

export function endEventOf(outcome: TurnOutcome): TurnEvent {
  const { status } = outcome
  return {
    type: status === 'failed' || status === 'cancelled' ? `turn.${status}` : 'turn.completed',
    ...outcome,
  }
}

/** The outcome for a turn whose conversation was deleted while it was open. */
export const goneOutcome = (turnId: string, conversationId: string): TurnOutcome => ({
  conversation_id: conversationId,
  turn_id: turnId,
  message_id: null,
  status: 'cancelled',
  response: '',
  tool_calls: [],
  usage: noUsage,
  created_at: new Date().toISOString(),
})
