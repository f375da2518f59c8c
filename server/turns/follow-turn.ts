import { nullIfErased } from '../db/failure.ts'
import { AppError } from '../errors.ts'
import { findTurn, type TurnName } from '../store/turns.ts'
import type { Engine } from './engine.ts'
import type { TurnEvent, TurnOutcome } from './event.ts'
import type { Listener } from './live-turn.ts'
import { persist } from './persist.ts'
import { endEventOf, goneOutcome, isOver, outcomeOf, snapshotOf } from './view.ts'

/**
 * Follows a turn from now on: a snapshot of the answer so far, then each addition until the end. A later snapshot
 * replaces everything shown before. A reload, a second tab, another instance, a take-over and a finished turn are all
 * this one case. Returns a function that stops following. Throws turn_not_found.
 */
export async function followTurn(engine: Engine, turn: TurnName, listener: Listener): Promise<() => void> {
  const following = new Following(engine, turn, listener)
  if (!(await following.begin())) throw new AppError('turn_not_found')
  return () => following.stop()
}

/** One follower, which follows the turn as it moves between this instance's memory and the database. */
class Following {
  readonly #engine: Engine
  readonly #turn: TurnName
  readonly #listener: Listener
  #isStopped = false
  /**
   * Set while it looks for where the turn went. Created on demand: few followers move, and each open stream has one.
   */
  #moving: AbortController | undefined
  #detach = () => {}
  #conversationId = ''
  #waited = false

  constructor(engine: Engine, turn: TurnName, listener: Listener) {
    this.#engine = engine
    this.#turn = turn
    this.#listener = event => this.#show(event, listener)
  }

  /** A queued turn has started once it is first seen running. */
  #show(event: TurnEvent, listener: Listener): void {
    if (event.type === 'turn.snapshot') {
      const { turn_id, conversation_id, status } = event
      if (this.#waited && status === 'running') listener({ type: 'turn.started', turn_id, conversation_id })
      this.#waited = status === 'queued'
    }
    listener(event)
  }

  /** False when there is no such turn. */
  async begin(): Promise<boolean> {
    if (this.#attachHere()) return true
    const stored = await findTurn(this.#engine.db, this.#turn.userId, this.#turn.turnId)
    if (!stored) return false
    if (this.#isStopped || this.#attachHere()) return true // the turn came here while we were reading
    this.#conversationId = stored.conversation_id
    this.#listener(snapshotOf(stored))
    if (isOver(stored.status)) this.#listener(endEventOf(outcomeOf(stored, stored.status)))
    else
      this.#detach = this.#engine.remote.follow(stored, {
        listener: this.#listener,
        moved: () => this.#move(),
      })
    return true
  }

  stop(): void {
    this.#isStopped = true
    this.#moving?.abort()
    this.#detach()
  }

  #attachHere(): boolean {
    const live = this.#engine.live.get(this.#turn.turnId)
    if (live?.userId !== this.#turn.userId) return false
    this.#conversationId = live.conversationId
    this.#detach = live.listen(this.#listener)
    live.ended.then(outcome => outcome ?? this.#move())
    return true
  }

  #move(): void {
    if (this.#isStopped) return
    this.#moving = new AbortController()
    persist(this.#moving.signal, () => this.begin().catch(nullIfErased)).then(
      isThere => isThere || this.#listener(endEventOf(goneOutcome(this.#turn.turnId, this.#conversationId))),
      error => this.#isStopped || this.#engine.log.error({ err: error }, 'follower lost its turn'),
    )
  }
}

/**
 * How a turn ended, whichever instance runs it; undefined when it is still open after `timeoutMs`, or when this
 * instance shuts down first.
 */
export async function awaitOutcome(
  engine: Engine,
  turn: TurnName & { conversationId: string },
  timeoutMs: number,
): Promise<TurnOutcome | undefined> {
  const ended = Promise.withResolvers<TurnOutcome | undefined>()
  // Must not keep a process that is shutting down alive.
  const timer = setTimeout(ended.resolve, timeoutMs, undefined).unref()
  const goOn = () => ended.resolve(undefined)
  engine.waiting.add(goOn)
  let stop = () => {}
  try {
    const live = engine.live.get(turn.turnId)
    // Most turns end where they were accepted; waiting only for the end saves handling an event for every token.
    const here =
      live?.userId === turn.userId
        ? await Promise.race([live.ended, ended.promise.then(() => null)])
        : undefined
    if (here !== undefined || (live && engine.draining)) return here ?? undefined
    const following = new Following(engine, turn, event => isEnd(event) && ended.resolve(withoutType(event)))
    stop = () => following.stop()
    // A turn that was accepted but no longer exists was deleted with its conversation.
    const isThere = await following.begin()
    return isThere ? await ended.promise : goneOutcome(turn.turnId, turn.conversationId)
  } finally {
    clearTimeout(timer)
    engine.waiting.delete(goOn)
    stop()
  }
}

type EndEvent = Extract<TurnEvent, { status: TurnOutcome['status']; response: string }>

export const isEnd = (event: TurnEvent): event is EndEvent =>
  event.type === 'turn.completed' || event.type === 'turn.failed' || event.type === 'turn.cancelled'

function withoutType({ type: _type, ...outcome }: EndEvent): TurnOutcome {
  return outcome
}
