import { failureOf, parseArguments, type Tool, type ToolContext } from '../agent/tool.ts'
import { isTransient } from '../db/failure.ts'
import { beginCall, beginCallIn, type CallOutcome, finishCall, finishCallIn } from '../store/tool-calls.ts'
import { type StoredCall, TurnLost } from '../store/turns.ts'
import { toolCallOf } from './answer.ts'
import { persist } from './persist.ts'
import type { Run } from './run-turn.ts'

type External = Exclude<Tool, { effect: 'transaction' }>
type Transactional = Extract<Tool, { effect: 'transaction' }>

/**
 * Carries out the decided calls of a turn in order, up to the first that awaits approval. Those that have a result are
 * passed over, which is what makes a take-over repeat nothing.
 */
export async function carryOutCalls(run: Run): Promise<'done' | 'awaiting_approval'> {
  for (const call of run.journal.calls.values()) {
    if (call.status === 'awaiting_approval') {
      run.live.show('tool.approval_requested', toolCallOf(call))
      return 'awaiting_approval'
    }
    if (!isOpen(call)) continue
    run.live.abort.signal.throwIfAborted()
    const finished = { ...call, ...(await carryOut(run, call)), finished_at: new Date().toISOString() }
    run.journal.calls.set(call.id, finished)
    run.live.show('tool.finished', toolCallOf(finished))
  }
  return 'done'
}

const isOpen = ({ status, effect }: StoredCall) =>
  status === 'pending' || status === 'approved' || (status === 'started' && effect === 'none')

async function carryOut(run: Run, call: StoredCall): Promise<CallOutcome> {
  const tool = run.engine.agent.tools.get(call.name)
  if (!tool) return store(run, call, failure(`There is no tool ${call.name}`, 'unknown_tool'))
  const parsed = parseArguments(tool, call.arguments)
  if (!parsed.ok) return store(run, call, failure(parsed.message, 'invalid_arguments'))
  if (tool.effect !== 'transaction')
    return outsideTransaction(run, call, () => callOut(run, call, { tool, args: parsed.args }))
  return persist(run.live.abort.signal, () => inTransaction(run, call, { tool, args: parsed.args }))
}

/** The effect and its result in one commit, under the lock of the turn: it happens once, or not at all. */
function inTransaction(
  run: Run,
  call: StoredCall,
  { tool, args }: { tool: Transactional; args: unknown },
): Promise<CallOutcome> {
  return run.engine.db.orm.transaction(async tx => {
    await beginCallIn(tx, run.fence, call.id)
    const outcome = await tx
      .transaction(savepoint => tool.run(args, { ...contextOf(run, call), tx: savepoint }))
      .then(completed, error => failed(run, call, error))
    await finishCallIn(tx, run.fence, call.id, outcome)
    return outcome
  })
}

/** Begun and ended in commits of their own: who takes over in between finds it started, and never repeats it silently. */
async function outsideTransaction(
  run: Run,
  call: StoredCall,
  work: () => Promise<CallOutcome>,
): Promise<CallOutcome> {
  const { engine, fence, live } = run
  const began = await persist(live.abort.signal, () => beginCall(engine.db, fence, call.id))
  if (!began) throw new TurnLost()
  return store(run, call, await work())
}

async function callOut(
  run: Run,
  call: StoredCall,
  { tool, args }: { tool: External; args: unknown },
): Promise<CallOutcome> {
  const cancelled = run.live.abort.signal
  const limit = AbortSignal.timeout(run.engine.limits.stepTimeoutMs)
  const signal = AbortSignal.any([cancelled, limit])
  try {
    return completed(await orAborted(signal, tool.run(args, { ...contextOf(run, call), signal })))
  } catch (error) {
    cancelled.throwIfAborted()
    if (!limit.aborted) return failed(run, call, error)
    const outcome = failure('The tool did not answer in time; whether it took effect is not known', 'timeout')
    return { ...outcome, status: tool.effect === 'external' ? 'unknown' : 'failed' }
  }
}

/** Does not wait for a tool that takes no notice of being aborted. */
function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

async function store(
  { engine, fence, live }: Run,
  call: StoredCall,
  outcome: CallOutcome,
): Promise<CallOutcome> {
  const stored = await persist(live.abort.signal, () => finishCall(engine.db, fence, call.id, outcome))
  if (!stored) throw new TurnLost()
  return outcome
}

const completed = (result: CallOutcome['result']): CallOutcome => ({ status: 'completed', result })

const failure = (error: string, code: string): CallOutcome => ({ status: 'failed', result: { error, code } })

function failed({ engine, turn }: Run, call: StoredCall, error: unknown): CallOutcome {
  if (isTransient(error)) throw error
  const known = failureOf(error)
  if (known) return { status: 'failed', result: known }
  engine.log.error({ err: error, turn_id: turn.id, tool: call.name }, 'tool failed')
  return failure('The tool failed', 'tool_failed')
}

/** `continues`: an approved call is the same call to the outside world as the one that was asked about. */
export function contextOf({ turn, live }: Run, call: { id: string; continues?: string | null }): ToolContext {
  const { time_zone, email, name } = turn.context
  return {
    userId: turn.user_id,
    user: { id: turn.user_id, email, name },
    signal: live.abort.signal,
    idempotencyKey: call.continues ?? call.id,
    timeZone: time_zone,
  }
}
