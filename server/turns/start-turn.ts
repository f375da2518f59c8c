import type { OwnedTurn } from '../store/turns.ts'
import type { Engine } from './engine.ts'
import { runTurn } from './run-turn.ts'

/** Sets a turn that this instance owns going. Nobody waits for it here: its end is in the database and told to followers. */
export function startTurn(engine: Engine, turn: OwnedTurn): void {
  void runTurn(engine, turn, next => startTurn(engine, next))
}
