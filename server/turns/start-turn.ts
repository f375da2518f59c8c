import type { OwnedTurn } from '../store/turns.ts'
import type { Engine } from './engine.ts'
import { runTurn } from './run-turn.ts'
import { TurnReleased } from './turn-ending.ts'

/**
 * Starts a turn that this instance owns. Nobody awaits it here: its end is stored and sent to followers. A turn may
 * come back before this instance notices that it lost it, and a later hand-over may arrive before an earlier one: the
 * highest epoch wins.
 */
export function startTurn(engine: Engine, turn: OwnedTurn): void {
  const known = engine.live.get(turn.id)
  if (known && known.epoch >= turn.epoch) return
  known?.abort.abort(new TurnReleased())
  engine.userEvents.hurry(turn.user_id)
  void runTurn(engine, turn, next => startTurn(engine, next)).finally(() =>
    engine.userEvents.hurry(turn.user_id),
  )
}
