import type { Fence, OwnedTurn, StoredCall, StoredPart } from '../store/turns.ts'
import { partsOf } from './answer.ts'
import type { Caller } from './call-out.ts'
import type { Engine } from './engine.ts'
import type { Usage } from './event.ts'
import { LiveTurn } from './live-turn.ts'

/** A turn under way in the hands of its owner. `journal` is what has been written down; the rest can be made again. */
export interface Run {
  readonly engine: Engine
  readonly turn: OwnedTurn
  readonly fence: Fence
  readonly live: LiveTurn
  readonly journal: { parts: StoredPart[]; calls: Map<string, StoredCall> }
  readonly takenUpAt: number
  usage: Usage
}

export const factsOf = ({ id, conversation_id, user_id, epoch }: OwnedTurn) => ({
  turn_id: id,
  conversation_id,
  user_id,
  epoch,
})

export const callerOf = ({ engine, turn, live }: Run): Caller => ({ engine, turn, signal: live.abort.signal })

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
    usage: turn.usage ?? { input_tokens: 0, output_tokens: 0 },
  }
}

/** Calls that the user's message approved open the answer, as its step 0; the journal has them from its first step on. */
function continued(turn: OwnedTurn, calls: Map<string, StoredCall>): StoredPart[] {
  if (turn.parts?.some(part => part.step === 0)) return []
  return [...calls.values()]
    .filter(call => call.step === 0)
    .map(call => ({ type: 'tool_call', step: 0, id: call.id }))
}

/** Unless the turn has come back to this instance meanwhile, for another run. */
export function forgetRun({ engine, live }: Run): void {
  if (engine.live.get(live.id) === live) engine.live.delete(live.id)
}
