import { parseArguments } from '../agent/tool.ts'
import { AppError } from '../errors.ts'
import { type CallOutcome, finishRetry, type Resolution, resolveCall } from '../store/tool-calls.ts'
import type { TurnName } from '../store/turns.ts'
import { type Caller, callOut, contextOf, failure } from './call-out.ts'
import type { Engine } from './engine.ts'
import { persist } from './persist.ts'

/**
 * Settles an external call with an unknown outcome as its user decides. A retry runs now, with the call's own
 * idempotency key; if this process dies during it, the outcome is unknown again. Throws conflict when it was already
 * settled.
 */
export async function settleUnknownCall(
  engine: Engine,
  userId: string,
  { callId, resolution }: { callId: string; resolution: Resolution },
): Promise<TurnName> {
  const staleSeconds = (2 * engine.limits.stepTimeoutMs) / 1000
  const resolved = await resolveCall(engine.db, { userId, callId, resolution, staleSeconds })
  if (resolved.outcome === 'not_found') throw new AppError('tool_call_not_found')
  if (resolved.outcome === 'conflict')
    throw new AppError('conflict', 'The outcome of the tool call is not unknown')
  const turn = { id: resolved.turn_id, user_id: userId, context: resolved.context }
  if (resolution === 'retry') {
    const patience = AbortSignal.timeout(engine.limits.stepTimeoutMs * 2)
    const outcome = await retry({ engine, turn, signal: patience }, { ...resolved, id: callId })
    await persist(patience, () => finishRetry(engine.db, userId, { callId, ...outcome }))
  }
  return { userId, turnId: resolved.turn_id }
}

type Retried = { id: string; name: string; arguments: unknown; continues: string | null }

async function retry(caller: Caller, call: Retried): Promise<CallOutcome> {
  const { now, time_zone, locale } = caller.turn.context
  const occasion = { conversation: undefined, context: { now, time_zone, locale } }
  const tools = await caller.engine.agent.toolsFor({ ...occasion, user: contextOf(caller, call).user })
  const tool = tools.get(call.name)
  const parsed = tool && parseArguments(tool, call.arguments)
  if (!tool || tool.effect === 'transaction' || !parsed?.ok)
    return failure(`There is no tool ${call.name} that could be tried again`, 'unknown_tool')
  return callOut(caller, call, { tool, args: parsed.args })
}
