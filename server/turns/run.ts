import type { Summary } from '../store/summaries.ts'
import type { Fence, HistoryMessage, OwnedTurn, StoredCall, StoredPart } from '../store/turns.ts'
import type { Span } from '../telemetry/trace.ts'
import { startTurnSpan } from '../telemetry/turn-events.ts'
import { partsOf } from './answer.ts'
import type { Caller } from './call-out.ts'
import { noUsage, usageOf } from './context-figure.ts'
import type { Engine } from './engine.ts'
import type { ContextFigure, Usage } from './event.ts'
import { LiveTurn } from './live-turn.ts'

/** A turn being run by its owner. `journal` is what has been stored; everything else can be produced again. */
export interface Run {
  readonly engine: Engine
  readonly turn: OwnedTurn
  readonly fence: Fence
  readonly live: LiveTurn
  readonly journal: { parts: StoredPart[]; calls: Map<string, StoredCall> }
  readonly takenUpAt: number
  readonly span: Span
  /** Whether any of the answer has been shown, here or under an earlier owner. */
  isHeard: boolean
  usage: Usage
  /** The model that the usage is counted for; 'none' while no agent has been prepared. */
  model: string
  /** The context of the last step. */
  context?: ContextFigure | undefined
  /** Summary of what precedes the window; null: there is none, undefined: not looked up yet. */
  summary?: Summary | null
  /** The window that messages fell out of, if they are to be summarised. */
  fallenFrom?: HistoryMessage[]
}

export const factsOf = ({
  id,
  conversation_id,
  user_id,
  epoch,
}: Pick<OwnedTurn, 'id' | 'conversation_id' | 'user_id' | 'epoch'>) => ({
  turn_id: id,
  conversation_id,
  user_id,
  epoch,
})

export const callerOf = ({ engine, turn, live, span }: Run): Caller => ({
  engine,
  turn,
  signal: live.abort.signal,
  span,
})

/** Milliseconds since the turn was accepted. */
export const ageMsOf = ({ turn, takenUpAt }: Run): number => turn.age_ms + performance.now() - takenUpAt

export function beginRun(engine: Engine, turn: OwnedTurn): Run {
  const calls = new Map(turn.calls?.map(call => [call.id, call]))
  const parts = [...continued(turn, calls), ...(turn.parts ?? [])]
  const live = new LiveTurn(turn, partsOf({ parts, calls }))
  engine.live.set(turn.id, live)
  engine.remote.attach(live)
  return {
    engine,
    turn,
    fence: { userId: turn.user_id, turnId: turn.id, owner: engine.instanceId, epoch: turn.epoch },
    live,
    journal: { parts, calls },
    takenUpAt: performance.now(),
    span: startTurnSpan(engine.telemetry, factsOf(turn), turn.context.traceparent),
    isHeard: parts.length > 0,
    ...usageOf(turn.usage ?? noUsage),
    model: 'none',
  }
}

/**
 * Calls that the user's message approved open the answer as step 0; the journal contains them from its first step on.
 */
function continued(turn: OwnedTurn, calls: Map<string, StoredCall>): StoredPart[] {
  if (turn.parts?.some(part => part.step === 0)) return []
  return [...calls.values()]
    .filter(call => call.step === 0)
    .map(call => ({ type: 'tool_call', step: 0, id: call.id }))
}

/** Does nothing if the turn has meanwhile come back to this instance as another run. */
export function forgetRun({ engine, live }: Run): void {
  if (engine.live.get(live.id) === live) engine.live.delete(live.id)
}
