/**
 * Points where a fault can strike: every await of a turn, by name, observed from outside the awaiting process.
 *
 *     <statement>:before   the statement is on its way and Postgres has not seen it
 *     <statement>:after    Postgres has executed (and committed) it, and nobody has been told
 *     model:asked | midway | told     the provider has the request; has sent a word; has sent all but the end
 *     outside:asked | done            the external tool's request has arrived; its effect has happened
 */
export const phases = {
  accept: ['accept_turn:before', 'accept_turn:after'],
  step: ['model:asked', 'model:midway', 'model:told'],
  journal: ['journal_step:before', 'journal_step:after'],
  tool: [
    ...['begin:before', 'begin:after', 'begin_call:before', 'begin_call:after'],
    ...['savepoint:before', 'savepoint:after', 'insert task_counters:before', 'insert task_counters:after'],
    ...['insert tasks:before', 'insert tasks:after', 'finish_call:before', 'finish_call:after'],
    ...['commit:before', 'commit:after', 'outside:asked', 'outside:done'],
  ],
  finish: ['finish_turn:before', 'finish_turn:after'],
  pulse: [
    ...['renew_lease:before', 'renew_lease:after', 'claim_turns:before', 'claim_turns:after'],
    ...['take_up_turn:before', 'take_up_turn:after', 'held_turns:before', 'held_turns:after'],
    ...['read_turn:before', 'read_turn:after', 'follow_turns:before', 'follow_turns:after'],
  ],
  release: ['release_instance:before', 'release_instance:after'],
} as const

export type Phase = keyof typeof phases
export type Point = (typeof phases)[Phase][number]

export const allPoints: readonly Point[] = Object.values(phases).flat()

/** Work held at a point; the rest of its process continues. */
export interface Hit {
  slot: number
  point: Point
  /** Lets the work continue. */
  resume(): void
  /** Cuts the connection that the work uses, so that the work or its response is lost. */
  sever(): void
  /** That connection's backend, if it is one to Postgres. */
  backendPid: number | undefined
}

interface Armed {
  point: Point
  countdown: number
  resolve: (hit: Hit) => void
}

/** At most one point is armed at a time. */
export class Points {
  #armed: Armed | undefined

  /** Resolves when work reaches the point for the `nth` time from now, in any process. */
  arm(point: Point, nth: number): Promise<Hit> {
    return new Promise(resolve => {
      this.#armed = { point, countdown: nth, resolve }
    })
  }

  disarm(): void {
    this.#armed = undefined
  }

  /** Called by whatever sees work reach a point; returns whom to notify if the work must be held there. */
  meet(point: string): ((hit: Omit<Hit, 'point'>) => void) | undefined {
    const armed = this.#armed
    if (armed?.point !== point) return undefined
    armed.countdown -= 1
    if (armed.countdown > 0) return undefined
    this.#armed = undefined
    return hit => armed.resolve({ ...hit, point: armed.point })
  }
}
