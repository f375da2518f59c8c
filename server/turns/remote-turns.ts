import type { Database } from '../db/database.ts'
import { nullIfErased } from '../db/failure.ts'
import { followTurns, type TurnNews } from '../store/turn-deltas.ts'
import { findTurn, type StoredTurn } from '../store/turns.ts'
import type { TurnEvent } from './event.ts'
import type { Listener } from './live-turn.ts'
import { countWritten, endEventOf, goneOutcome, isOver, outcomeOf, snapshotOf } from './view.ts'

interface Followed {
  userId: string
  turnId: string
  conversationId: string
  epoch: number
  progress: number
  seq: number
  written: number
  followers: Set<Follower>
}

interface Follower {
  listener: Listener
  /** This instance now owns the turn, perhaps again: follow it locally. */
  moved: () => void
}

/**
 * The turns followed here that another instance runs, or that are queued. One statement polls for news of all of them,
 * so the cost is per instance, not per viewer.
 */
export class RemoteTurns {
  #followed = new Map<string, Followed>()
  readonly #db: Database
  readonly #sweeperDb: Database

  constructor(db: Database, sweeperDb: Database) {
    this.#db = db
    this.#sweeperDb = sweeperDb
  }

  /** Follows the turn from the state that `turn` shows. */
  follow(turn: StoredTurn, follower: Follower): () => void {
    const followed = this.#followed.get(turn.id) ?? {
      userId: turn.user_id,
      turnId: turn.id,
      conversationId: turn.conversation_id,
      ...positionOf(turn),
      followers: new Set(),
    }
    // The newcomer has seen a newer state than the others: at the next poll all of them are sent a snapshot.
    if (followed.seq !== positionOf(turn).seq || followed.progress !== turn.progress) followed.progress = -1
    followed.followers.add(follower)
    this.#followed.set(turn.id, followed)
    return () => {
      followed.followers.delete(follower)
      if (followed.followers.size === 0 && this.#followed.get(turn.id) === followed)
        this.#followed.delete(turn.id)
    }
  }

  /** This instance now owns the turn: its remote followers switch to following it locally. */
  attach({ id }: { id: string }): void {
    const followed = this.#followed.get(id)
    this.#followed.delete(id)
    for (const { moved } of followed?.followers ?? []) moved()
  }

  async poll(): Promise<void> {
    if (this.#followed.size === 0) return
    const asked = [...this.#followed.values()]
    const follows = asked.map(({ userId, turnId, epoch, seq }) => ({
      user_id: userId,
      id: turnId,
      epoch,
      seq,
    }))
    const news = new Map((await followTurns(this.#sweeperDb, follows)).map(item => [item.id, item]))
    for (const followed of asked) {
      if (this.#followed.get(followed.turnId) !== followed) continue
      const item = news.get(followed.turnId)
      if (item && item.epoch === followed.epoch && item.progress === followed.progress)
        tellDeltas(followed, item)
      else await this.#lookAgain(followed)
    }
  }

  /** For any change other than more text: everyone gets a snapshot, and the end event if the turn is over. */
  async #lookAgain(followed: Followed): Promise<void> {
    const turn = await findTurn(this.#db, followed.userId, followed.turnId).catch(nullIfErased)
    if (this.#followed.get(followed.turnId) !== followed) return
    if (!turn) return this.#end(followed, endEventOf(goneOutcome(followed.turnId, followed.conversationId)))
    Object.assign(followed, positionOf(turn))
    tell(followed, snapshotOf(turn))
    if (isOver(turn.status)) this.#end(followed, endEventOf(outcomeOf(turn, turn.status)))
  }

  #end(followed: Followed, event: TurnEvent): void {
    this.#followed.delete(followed.turnId)
    tell(followed, event)
  }
}

const positionOf = (turn: StoredTurn) => ({
  epoch: turn.epoch,
  progress: turn.progress,
  seq: turn.deltas?.at(-1)?.seq ?? 0,
  written: countWritten(turn),
})

function tell({ followers }: Followed, event: TurnEvent): void {
  for (const { listener } of [...followers]) listener(event)
}

function tellDeltas(followed: Followed, { deltas }: TurnNews): void {
  for (const { seq, kind, step, part, delta } of deltas ?? []) {
    followed.seq = seq
    if (part < followed.written) continue
    tell(followed, { type: `${kind}.delta`, turn_id: followed.turnId, step, part, delta })
  }
}
