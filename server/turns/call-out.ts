import { failureOf, type Tool, type ToolContext, UnknownOutcome } from '../agent/tool.ts'
import { storableResult } from '../agent/tool-result.ts'
import type { CallOutcome } from '../store/tool-calls.ts'
import type { TurnContext } from '../store/turns.ts'
import type { Span } from '../telemetry/trace.ts'
import type { Engine } from './engine.ts'
import type { Json } from './event.ts'

/** The turn on whose behalf a tool runs, and the signal that stops it. */
export interface Caller {
  engine: Engine
  turn: { id: string; user_id: string; conversation_id?: string; context: TurnContext }
  signal: AbortSignal
  span?: Span | undefined
}

export interface CalledCall {
  id: string
  name: string
  continues?: string | null
}

export type OutsideTool = Exclude<Tool, { effect: 'transaction' }>

/**
 * Runs a tool that works outside our transactions, for at most the step timeout. A tool's failure is returned as a
 * result; only an abort through `signal` throws.
 */
export async function callOut(
  caller: Caller,
  call: CalledCall,
  { tool, args }: { tool: OutsideTool; args: unknown },
): Promise<CallOutcome> {
  const limit = AbortSignal.timeout(caller.engine.limits.stepTimeoutMs)
  const signal = AbortSignal.any([caller.signal, limit])
  try {
    const result = await orAborted(signal, tool.run(args, { ...contextOf(caller, call), signal }))
    return completed(storableResult(result))
  } catch (error) {
    caller.signal.throwIfAborted()
    const status = tool.effect === 'external' ? 'unknown' : 'failed'
    if (limit.aborted)
      return {
        ...failure('The tool did not answer in time; whether it took effect is not known', 'timeout'),
        status,
      }
    const outcome = failed(caller, call, error)
    return error instanceof UnknownOutcome ? { ...outcome, status } : outcome
  }
}

/** Rejects as soon as the signal aborts, without waiting for work that ignores the signal. */
export function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/**
 * An approved call reuses the idempotency key of the call that asked (`continues`): to the outside world they are one.
 */
export function contextOf({ turn, signal, span }: Caller, call: Omit<CalledCall, 'name'>): ToolContext {
  const { time_zone, locale, email, name } = turn.context
  return {
    userId: turn.user_id,
    user: { id: turn.user_id, email, name },
    signal,
    idempotencyKey: call.continues ?? call.id,
    timeZone: time_zone,
    locale,
    conversationId: turn.conversation_id,
    traceparent: span?.traceparent,
  }
}

export const completed = (result: Json): CallOutcome => ({ status: 'completed', result })

export const failure = (error: string, code: string): CallOutcome => ({
  status: 'failed',
  result: { error, code },
})

/** An error that the tool meant to report becomes its result; any other error is logged. */
export function failed(
  { engine, turn }: Pick<Caller, 'engine' | 'turn'>,
  call: CalledCall,
  error: unknown,
): CallOutcome {
  const known = failureOf(error)
  if (known) return { status: 'failed', result: known }
  engine.log.error({ err: error, turn_id: turn.id, tool: call.name }, 'tool failed')
  return failure('The tool failed', 'tool_failed')
}
