import { randomUUIDv7 } from 'node:crypto'
import { finishTurn, type OwnedTurn, type StoredPart } from '../store/turns.ts'
import { turnEnded } from '../telemetry/turn-events.ts'
import { callsOfParts, partsWorthStoring, textOfParts, toolCallOf } from './answer.ts'
import { usageToStore } from './context-figure.ts'
import type { TurnOutcome } from './event.ts'
import { persist } from './persist.ts'
import { ageMsOf, factsOf, forgetRun, type Run } from './run.ts'

export type Ending = Pick<TurnOutcome, 'status' | 'error'>

/** In one commit: stores the answer so far and how it ended, and promotes the conversation's next turn. */
export async function finishRun(
  run: Run,
  ending: Ending,
  startNext: (next: OwnedTurn) => void,
): Promise<void> {
  const { engine, turn, live, journal } = run
  const parts = [...journal.parts, ...unjournaled(run)]
  const content = textOfParts(live.parts)
  // Not given the turn's abort signal: it may already have fired.
  const finish = () =>
    finishTurn(engine.db, run.fence, {
      conversationId: turn.conversation_id,
      status: ending.status,
      messageId: randomUUIDv7(),
      content,
      parts: partsWorthStoring(parts),
      usage: usageToStore(run),
      model: run.model,
      error: ending.error && { code: ending.error.code, detail: ending.error.detail },
      nextOwner: engine.draining ? undefined : engine.instanceId,
      historyMessages: engine.limits.historyMessages,
    })
  const finished = await persist(undefined, finish, engine.limits.turnTimeoutMs)
  if (!finished.finished) return
  const { status } = finished
  for (const call of finished.calls ?? []) {
    if (call.status !== journal.calls.get(call.id)?.status) live.show('tool.finished', toolCallOf(call))
  }
  turnEnded(engine.telemetry, factsOf(turn), {
    span: run.span,
    kind: turn.context.reminder === undefined ? 'message' : 'reminder',
    status,
    code: ending.error?.code,
    ms: ageMsOf(run),
    usage: run.usage,
  })
  forgetRun(run)
  if (finished.next && !engine.draining) startNext(finished.next)
  live.end({
    conversation_id: turn.conversation_id,
    turn_id: turn.id,
    message_id: finished.message_id,
    status,
    response: content,
    tool_calls: callsOfParts(live.parts),
    usage: run.usage,
    ...(run.context ? { context: run.context } : {}),
    created_at: new Date(turn.created_at).toISOString(),
    ...(ending.error ? { error: ending.error } : {}),
  })
}

/** Text of a step that was interrupted: the user has seen it, so it is kept with the answer. */
function unjournaled({ live, journal }: Run): StoredPart[] {
  return live.parts
    .slice(journal.parts.length)
    .flatMap(part =>
      part.type !== 'tool_call' && part.text ? [{ type: part.type, step: part.step, text: part.text }] : [],
    )
}
