import { setTimeout as wait } from 'node:timers/promises'
import { isTransient, nullIfErased } from '../db/failure.ts'
import { type ClaimedTurn, claimTurns, listHeldTurns, renewLease } from '../store/instances.ts'
import { takeUpSummary } from '../store/summaries.ts'
import { flushDeltas } from '../store/turn-deltas.ts'
import { TurnLost, takeUpTurn } from '../store/turns.ts'
import { beatMissed, turnTakenOver } from '../telemetry/turn-events.ts'
import type { Engine } from './engine.ts'
import { fireReminders } from './fire-reminders.ts'
import { persist } from './persist.ts'
import { factsOf } from './run.ts'
import { runSummary } from './run-summary.ts'
import { startTurn } from './start-turn.ts'
import { sweep } from './sweep.ts'
import { TurnCancelled } from './turn-ending.ts'

export const leaseSeconds = 3
/** A connection of the lease that is silent for so long is given up: another can still renew it in time. */
export const leaseSilenceSeconds = 1
const renewPatienceMs = 2000
const startPatienceMs = 10_000
const beatMs = 1000
const newsMs = 100
const userNewsMs = 500
const sweepMs = 10_000
const claimsPerBeat = 200
/** An own turn that is not known here after this long was handed over in an answer that never arrived. */
const orphanSeconds = 3

/**
 * The beat of an instance: once a second it renews its lease, hears who wants a turn stopped, takes over what dead
 * instances left, and tells what reminders came due; ten times a second it lets others see what its turns say, and sees
 * what theirs do. None of its loops stops for an error: while the database is away each goes on trying.
 */
export class Pulse {
  readonly #engine: Engine
  readonly #stopped = new AbortController()
  #loops: Promise<void>[] = []
  #renewedAt = performance.now()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** The first beat is done when this resolves: the instance has a lease before it accepts anything. */
  async start(): Promise<void> {
    await renew(this.#engine, startPatienceMs)
    this.#renewedAt = performance.now()
    await beat(this.#engine)
    this.#loops = [
      this.#repeat('lease', beatMs, engine => this.#renew(engine)),
      this.#repeat('turns', beatMs, beat),
      this.#repeat('reminders', beatMs, fireReminders),
      this.#repeat('news', newsMs, exchangeNews),
      this.#repeat('user news', userNewsMs, ({ userEvents }) => userEvents.poll()),
      this.#repeat('sweep', sweepMs, sweep),
    ]
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    await Promise.all(this.#loops)
  }

  /** How much longer than a beat ago the lease was renewed. */
  get lagSeconds(): number {
    return Math.max(0, performance.now() - this.#renewedAt - beatMs) / 1000
  }

  async #renew(engine: Engine): Promise<void> {
    await renew(engine)
    this.#renewedAt = performance.now()
  }

  async #repeat(name: string, everyMs: number, work: (engine: Engine) => Promise<void>): Promise<void> {
    const { signal } = this.#stopped
    while (!signal.aborted) {
      await wait(everyMs, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      await work(this.#engine).catch(error => beatMissed(this.#engine.telemetry, name, error))
    }
  }
}

/** Apart from the rest of the beat, which may have to wait for a connection, and at once again when it fails. */
export const renew = ({ leaseDb, instanceId }: Engine, patienceMs = renewPatienceMs): Promise<void> =>
  persist(undefined, () => renewLease(leaseDb, instanceId, leaseSeconds), patienceMs)

export async function beat(engine: Engine): Promise<void> {
  const { log } = engine
  await hearOfTurns(engine)
  if (engine.draining) return
  await takeOver(engine).catch(error => {
    // A turn that somebody still has in a transaction is left for the next beat.
    if (!isTransient(error)) throw error
    log.warn({ err: error }, 'take-over postponed')
  })
}

/** Stops the turns that someone wants stopped, and those that are this instance's no more: deleted, or another's. */
async function hearOfTurns({ sweeperDb, instanceId, live }: Engine): Promise<void> {
  const held = [...live.values()]
  if (held.length === 0) return
  const turns = new Map((await listHeldTurns(sweeperDb, instanceId, held)).map(turn => [turn.id, turn]))
  for (const { id, abort } of held) {
    const turn = turns.get(id)
    if (!turn) abort.abort(new TurnLost())
    else if (turn.cancel_requested) abort.abort(new TurnCancelled())
  }
}

/** One that cannot be taken up keeps no other waiting. */
async function takeOver(engine: Engine): Promise<void> {
  const { sweeperDb, instanceId, live, log } = engine
  const held = [...live.keys()]
  const claimed = await claimTurns(sweeperDb, instanceId, { held, orphanSeconds, limit: claimsPerBeat })
  for (const turn of claimed) {
    await takeUp(engine, turn).catch(error => {
      if (isTransient(error)) throw error
      log.error({ err: error, turn_id: turn.id, user_id: turn.user_id }, 'take-over failed')
    })
  }
}

async function takeUp(engine: Engine, { user_id, id, kind }: ClaimedTurn): Promise<void> {
  const { db, instanceId, limits } = engine
  const name = { userId: user_id, turnId: id, owner: instanceId }
  if (kind === 'summary') {
    const summary = await takeUpSummary(db, name).catch(nullIfErased)
    if (!summary) return
    turnTakenOver(engine.telemetry, { ...factsOf(summary), attempts: summary.attempts })
    return runSummary(engine, summary)
  }
  const turn = await takeUpTurn(db, name, limits.historyMessages).catch(nullIfErased)
  if (!turn) return
  turnTakenOver(engine.telemetry, { ...factsOf(turn), attempts: turn.attempts })
  startTurn(engine, turn)
}

/** Turns elsewhere are followed even while news of the own ones cannot be stored. */
async function exchangeNews(engine: Engine): Promise<void> {
  await flush(engine).finally(() => engine.remote.poll())
}

/**
 * What could not be flushed goes with the next: a follower is never shown a text with a gap. An embedded database has one
 * process, so nobody else can follow its turns.
 */
async function flush({ live, db, sweeperDb }: Engine): Promise<void> {
  const flushed = [...live.values()].map(turn => ({ turn, deltas: [...turn.unflushed()] }))
  const rows = flushed.flatMap(({ turn: { userId: user_id, id: turn_id, epoch }, deltas }) =>
    deltas.map(delta => ({ user_id, turn_id, epoch, ...delta })),
  )
  if (rows.length === 0) return
  if (db.engine === 'postgres') await flushDeltas(sweeperDb, rows)
  for (const { turn, deltas } of flushed) turn.confirmFlush(deltas.at(-1)?.seq ?? 0)
}
