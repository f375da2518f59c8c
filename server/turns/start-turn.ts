import type { OwnedTurn } from '../store/turns.ts'
import type { Engine } from './engine.ts'
import { runTurn } from './run-turn.ts'
import { TurnReleased } from './turn-ending.ts'

/**
 * Sets a turn that this instance owns going. Nobody waits for it here: its end is in the database and told to followers.
 * A turn may come back to an instance that has not noticed its loss, and a hand-over may be overtaken by the next one on
 * its way here: the newest counts.
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
