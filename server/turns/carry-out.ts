import { parseArguments, type Tool } from '../agent/tool.ts'
import { storableResult } from '../agent/tool-result.ts'
import { lend } from '../db/database.ts'
import { isTransient } from '../db/failure.ts'
import { beginCall, beginCallIn, type CallOutcome, finishCall, finishCallIn } from '../store/tool-calls.ts'
import { type StoredCall, TurnLost } from '../store/turns.ts'
import { observeToolCall } from '../telemetry/tool-call.ts'
import type { Span } from '../telemetry/trace.ts'
import { toolCallOf } from './answer.ts'
import { callOut, completed, contextOf, failed, failure, orAborted } from './call-out.ts'
import { persist } from './persist.ts'
import type { PreparedRun } from './prepare-run.ts'
import { callerOf, factsOf, type Run } from './run.ts'

type Transactional = Extract<Tool, { effect: 'transaction' }>

/**
 * Carries out the turn's decided calls in order, up to the first that awaits approval. Calls that have a result are
 * skipped, so a take-over repeats none of them.
 */
export async function carryOutCalls(run: PreparedRun): Promise<'done' | 'awaiting_approval'> {
  for (const call of run.journal.calls.values()) {
    if (call.status === 'awaiting_approval') {
      run.live.show('tool.approval_requested', toolCallOf(call))
      return 'awaiting_approval'
    }
    if (!isOpen(call)) continue
    run.live.abort.signal.throwIfAborted()
    const finished = { ...call, ...(await observed(run, call)) }
    run.journal.calls.set(call.id, finished)
    run.live.show('tool.finished', toolCallOf(finished))
    run.engine.userEvents.hurry(run.turn.user_id)
  }
  return 'done'
}

const isOpen = ({ status, effect }: StoredCall) =>
  status === 'pending' || status === 'approved' || (status === 'started' && effect === 'none')

/** The outcome as stored, with the time it was stored. */
type Stored = CallOutcome & { finished_at: string }

function observed(run: PreparedRun, call: StoredCall): Promise<Stored> {
  const { engine, turn, span, agent } = run
  const { id: callId, name } = call
  const called = { turn: factsOf(turn), span, name, isKnown: agent.tools.has(name), callId }
  return observeToolCall(engine.telemetry, called, own => carryOut(run, call, own))
}

async function carryOut(run: PreparedRun, call: StoredCall, span: Span): Promise<Stored> {
  const tool = run.agent.tools.get(call.name)
  if (!tool) return store(run, call, failure(`There is no tool ${call.name}`, 'unknown_tool'))
  const parsed = parseArguments(tool, call.arguments)
  if (!parsed.ok) return store(run, call, failure(parsed.message, 'invalid_arguments'))
  if (tool.effect !== 'transaction')
    return outsideTransaction(run, call, () =>
      callOut({ ...callerOf(run), span }, call, { tool, args: parsed.args }),
    )
  return inTime(run, call, () => inTransaction(run, call, { tool, args: parsed.args }))
}

/**
 * A tool that awaits something other than its transaction may never return. By then Postgres has usually ended the
 * transaction; if not, the turn is still locked, and the next take-over finds the call's outcome.
 */
async function inTime(run: Run, call: StoredCall, work: () => Promise<Stored>): Promise<Stored> {
  const { signal } = run.live.abort
  let limit = signal
  const attempt = () => {
    limit = AbortSignal.timeout(run.engine.limits.stepTimeoutMs)
    return orAborted(limit, work())
  }
  return persist(signal, attempt).catch(error => {
    signal.throwIfAborted()
    if (error !== limit.reason) throw error
    return store(run, call, failure('The tool did not end in time', 'timeout'))
  })
}

/** Commits the effect and its result together, holding the turn's lock: the effect happens once or not at all. */
function inTransaction(
  run: Run,
  call: StoredCall,
  { tool, args }: { tool: Transactional; args: unknown },
): Promise<Stored> {
  return run.engine.db.orm.transaction(async tx => {
    await beginCallIn(tx, run.fence, call.id)
    const outcome = await tx
      .transaction(savepoint =>
        lend(savepoint, async tx =>
          storableResult(await tool.run(args, { ...contextOf(callerOf(run), call), tx })),
        ),
      )
      .then(completed, error => {
        if (isTransient(error)) throw error
        return failed(run, call, error)
      })
    return { ...outcome, finished_at: await finishCallIn(tx, run.fence, { callId: call.id, ...outcome }) }
  })
}

/**
 * Start and end are separate commits: an instance that takes over in between finds the call started and never repeats
 * it silently.
 */
async function outsideTransaction(
  run: Run,
  call: StoredCall,
  work: () => Promise<CallOutcome>,
): Promise<Stored> {
  const { engine, fence, live } = run
  const began = await persist(live.abort.signal, () => beginCall(engine.db, fence, call.id))
  if (!began) throw new TurnLost()
  return store(run, call, await work())
}

async function store({ engine, fence, live }: Run, call: StoredCall, outcome: CallOutcome): Promise<Stored> {
  const finished_at = await persist(live.abort.signal, () =>
    finishCall(engine.db, fence, { callId: call.id, ...outcome }),
  )
  if (!finished_at) throw new TurnLost()
  return { ...outcome, finished_at }
}
