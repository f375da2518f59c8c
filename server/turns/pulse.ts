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
/** Silence after which the lease's connection is given up, early enough for another to renew the lease in time. */
export const leaseSilenceSeconds = 1
const renewPatienceMs = 2000
const startPatienceMs = 10_000
const beatMs = 1000
const newsMs = 100
const userNewsMs = 500
const sweepMs = 10_000
const claimsPerBeat = 200
/** An own turn still unknown here after this long was handed over in a database response that never arrived. */
const orphanSeconds = 3

/**
 * The heartbeat of an instance. Once a second it renews its lease, learns which turns to stop, takes over the turns of
 * dead instances, and delivers due reminders; ten times a second it publishes its turns' new text and reads that of
 * others. No loop ends on an error: while the database is unavailable, each keeps trying.
 */
export class Pulse {
  readonly #engine: Engine
  readonly #stopped = new AbortController()
  #loops: Promise<void>[] = []
  #renewedAt = performance.now()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** Resolves after the first beat: the instance has a lease before it accepts anything. */
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

  /** By how much the time since the last renewal exceeds one beat. */
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

/** Runs apart from the rest of the beat, which may have to wait for a connection; retried at once when it fails. */
export const renew = ({ leaseDb, instanceId }: Engine, patienceMs = renewPatienceMs): Promise<void> =>
  persist(undefined, () => renewLease(leaseDb, instanceId, leaseSeconds), patienceMs)

export async function beat(engine: Engine): Promise<void> {
  const { log } = engine
  await hearOfTurns(engine)
  if (engine.draining) return
  await takeOver(engine).catch(error => {
    // A turn still locked by someone's transaction is left for the next beat.
    if (!isTransient(error)) throw error
    log.warn({ err: error }, 'take-over postponed')
  })
}

/** Stops turns whose cancellation was requested, and turns this instance no longer owns: deleted, or taken over. */
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

/** A turn that cannot be taken up does not hold up the others. */
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

/** Remote turns are polled even when this instance's own text cannot be flushed. */
async function exchangeNews(engine: Engine): Promise<void> {
  await flush(engine).finally(() => engine.remote.poll())
}

/**
 * Text that could not be flushed goes with the next flush, so a follower never sees a gap. An embedded database has one
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
