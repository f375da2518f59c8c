import type { Fence } from '../../server/store/turns.ts'

/**
 * The turn's state machine as the rules tell it, in memory and without a database: what property tests compare the
 * real one with. A turn is live when it lies on the path that ends at its conversation's head; nothing is flagged.
 */

export type TurnStatus = 'queued' | 'running' | 'awaiting_approval' | 'completed' | 'failed' | 'cancelled'
export type EndStatus = Exclude<TurnStatus, 'queued' | 'running'>
export type CallStatus =
  | 'pending'
  | 'started'
  | 'completed'
  | 'failed'
  | 'unknown'
  | 'awaiting_approval'
  | 'approved'
  | 'denied'
  | 'dropped'
export type Effect = 'none' | 'transaction' | 'external'
export type Resolution = 'retry' | 'mark_done' | 'skip'
export type Verdict = 'approved' | 'denied' | 'dropped'

export interface ModelCall {
  /** undefined: made by the database, not read yet. */
  id: string | undefined
  step: number
  position: number
  status: CallStatus
  effect: Effect
  continues: string | null
}

export interface ModelTurn {
  id: string
  conversation: string
  no: number
  parent: string | null
  status: TurnStatus
  owner: string | null
  epoch: number
  attempts: number
  cancelRequested: boolean
  started: boolean
  content: string
  answer: EndStatus | null
  calls: ModelCall[]
  deleted: boolean
  /** Every right to write to it that there ever was, the newest last. */
  fences: Fence[]
}

export interface ModelConversation {
  id: string
  lastTurn: number
  head: string | null
  active: string | null
  awaiting: string | null
}

export interface Accepting {
  turnId: string
  key: { key: string; hash: string } | undefined
  conversation: string | undefined
  newConversation: string
  target: string | undefined
  content: string | undefined
  ifBusy: 'enqueue' | 'reject' | 'interrupt'
  verdict: Verdict
  owner: string
}

export class TurnModel {
  readonly userId: string
  readonly queueLimit: number
  readonly turns: ModelTurn[] = []
  readonly conversations = new Map<string, ModelConversation>()
  readonly keys = new Map<string, { turnId: string; hash: string }>()
  /** Instances the database knows, and whether their lease holds. */
  readonly leases = new Map<string, boolean>()

  constructor(userId: string, queueLimit: number) {
    this.userId = userId
    this.queueLimit = queueLimit
  }

  turn(id: string): ModelTurn {
    const found = this.turns.find(turn => turn.id === id)
    if (!found) throw new Error(`The model has no turn ${id}`)
    return found
  }

  accept(a: Accepting): string {
    const known = a.key && this.keys.get(a.key.key)
    if (known) {
      if (known.hash !== a.key?.hash) return 'mismatch'
      return this.turn(known.turnId).deleted ? 'gone' : 'replayed'
    }
    const conversation =
      a.conversation === undefined ? this.#begin(a) : this.conversations.get(a.conversation)
    if (!conversation) return 'not_found'
    const isFree = conversation.active === null
    if (!isFree && (a.ifBusy === 'reject' || a.target !== undefined)) return 'busy'
    if (!isFree && a.ifBusy === 'enqueue' && this.queueOf(conversation).length >= this.queueLimit) {
      return 'queue_full'
    }
    const target = this.turns.find(turn => turn.id === a.target && turn.conversation === conversation.id)
    if (a.target !== undefined && (!target || target.deleted)) return 'not_found'
    if (target && !this.isLive(target)) return 'conflict'
    if (!isFree && a.ifBusy === 'interrupt') this.#interrupt(conversation)

    conversation.lastTurn += 1
    if (a.key) this.keys.set(a.key.key, { turnId: a.turnId, hash: a.key.hash })
    const turn: ModelTurn = {
      id: a.turnId,
      conversation: conversation.id,
      no: conversation.lastTurn,
      parent: null,
      status: 'queued',
      owner: null,
      epoch: 1,
      attempts: 0,
      cancelRequested: false,
      started: false,
      content: a.content ?? target?.content ?? '',
      answer: null,
      calls: [],
      deleted: false,
      fences: [],
    }
    this.turns.push(turn)
    if (!isFree) return 'queued'
    this.#start(turn, { owner: a.owner, parent: target ? target.parent : conversation.head })
    const { awaiting } = conversation
    if (awaiting !== null) {
      const verdict = target ? 'dropped' : a.verdict
      this.#settle(conversation, verdict)
      if (verdict === 'approved') this.#carryOn(this.turn(awaiting), turn)
    }
    return 'started'
  }

  #begin({ newConversation: id }: Accepting): ModelConversation {
    const conversation = { id, lastTurn: 0, head: null, active: null, awaiting: null }
    this.conversations.set(id, conversation)
    return conversation
  }

  #interrupt(conversation: ModelConversation): void {
    if (conversation.active !== null) this.turn(conversation.active).cancelRequested = true
    for (const waiting of this.queueOf(conversation)) waiting.status = 'cancelled'
  }

  #start(turn: ModelTurn, { owner, parent }: { owner: string | null; parent: string | null }): void {
    const conversation = this.#conversationOf(turn)
    turn.parent = parent
    turn.status = 'running'
    turn.started = true
    conversation.head = turn.id
    conversation.active = turn.id
    this.#hand(turn, owner)
  }

  #hand(turn: ModelTurn, owner: string | null): void {
    turn.owner = owner
    if (owner !== null) turn.fences.push({ userId: this.userId, turnId: turn.id, owner, epoch: turn.epoch })
  }

  /** The question that awaits an answer gets one, because something else starts. */
  #settle(conversation: ModelConversation, verdict: Verdict): void {
    if (conversation.awaiting === null) return
    const asking = this.turn(conversation.awaiting)
    conversation.awaiting = null
    asking.status = 'completed'
    asking.answer = 'completed'
    for (const call of asking.calls) {
      if (call.status === 'awaiting_approval') call.status = verdict
      else if (call.status === 'pending' || call.status === 'approved') {
        call.status = verdict === 'denied' ? 'dropped' : verdict
      }
    }
  }

  #carryOn(from: ModelTurn, to: ModelTurn): void {
    for (const { id, effect, continues } of from.calls.filter(call => call.status === 'approved')) {
      const position = to.calls.length
      to.calls.push({
        id: undefined,
        step: 0,
        position,
        status: 'pending',
        effect,
        continues: continues ?? id ?? null,
      })
    }
  }

  journal(fence: Fence, calls: ModelCall[]): boolean {
    if (!this.#holds(fence)) return false
    this.turn(fence.turnId).calls.push(...calls)
    return true
  }

  beginCall(fence: Fence, call: ModelCall): boolean {
    const isRepeatable = call.status === 'started' && call.effect === 'none'
    const isOpen = call.status === 'pending' || call.status === 'approved' || isRepeatable
    if (!this.#holds(fence) || !isOpen) return false
    call.status = 'started'
    return true
  }

  finishCall(fence: Fence, call: ModelCall, status: 'completed' | 'failed' | 'unknown'): boolean {
    const isOpen = call.status === 'pending' || call.status === 'started' || call.status === 'approved'
    if (!this.#holds(fence) || !isOpen) return false
    call.status = status
    return true
  }

  /** False, or the turn that starts next, or null where none waits. A question is not put to who has asked to stop. */
  finish(fence: Fence, asked: EndStatus, nextOwner: string | null): false | ModelTurn | null {
    if (!this.#holds(fence)) return false
    const turn = this.turn(fence.turnId)
    const conversation = this.#conversationOf(turn)
    const status = asked === 'awaiting_approval' && turn.cancelRequested ? 'cancelled' : asked
    turn.status = status
    turn.answer = status
    if (status !== 'awaiting_approval') dropOpen(turn)
    conversation.active = null
    conversation.awaiting = status === 'awaiting_approval' ? turn.id : null
    const [next] = this.queueOf(conversation)
    if (!next) return null
    this.#settle(conversation, 'dropped')
    next.epoch += 1
    this.#start(next, { owner: nextOwner, parent: conversation.head })
    return next
  }

  cancel(turn: ModelTurn): TurnStatus | undefined {
    if (turn.deleted) return undefined
    if (turn.status === 'running') turn.cancelRequested = true
    if (turn.status === 'queued') turn.status = 'cancelled'
    if (turn.status === 'awaiting_approval') {
      turn.status = 'cancelled'
      turn.answer = 'cancelled'
      dropUnbegun(turn)
      this.#conversationOf(turn).awaiting = null
    }
    return turn.status
  }

  edit(turn: ModelTurn, content: string): boolean {
    if (turn.deleted || turn.status !== 'queued') return false
    turn.content = content
    return true
  }

  /** `resumed`: it was the last verdict, and the turn goes on. */
  decide(turn: ModelTurn, call: ModelCall, { approved, owner }: { approved: boolean; owner: string }) {
    if (turn.deleted) return 'not_found'
    if (turn.status !== 'awaiting_approval' || call.status !== 'awaiting_approval') return 'conflict'
    call.status = approved ? 'approved' : 'denied'
    if (turn.calls.some(each => each.status === 'awaiting_approval')) return 'decided'
    if (!turn.calls.some(each => each.status === 'approved')) {
      for (const each of turn.calls) if (each.status === 'pending') each.status = 'dropped'
    }
    const conversation = this.#conversationOf(turn)
    conversation.awaiting = null
    conversation.active = turn.id
    turn.status = 'running'
    turn.epoch += 1
    this.#hand(turn, owner)
    return 'resumed'
  }

  /** `stale`: a retry that has begun is taken for one that died. */
  resolve(turn: ModelTurn, call: ModelCall, { how, stale }: { how: Resolution; stale: boolean }) {
    if (turn.deleted) return 'not_found'
    const died = call.status === 'started' && stale && turn.status !== 'running'
    if (call.effect !== 'external' || !(call.status === 'unknown' || died)) return 'conflict'
    call.status = ({ retry: 'started', mark_done: 'completed', skip: 'dropped' } as const)[how]
    return 'resolved'
  }

  finishRetry(turn: ModelTurn, call: ModelCall, status: 'completed' | 'failed' | 'unknown'): boolean {
    const isOpen = call.status === 'started' || call.status === 'unknown'
    if (turn.deleted || call.effect !== 'external' || !isOpen) return false
    call.status = status
    return true
  }

  switchHead(conversationId: string, turn: ModelTurn): string {
    const conversation = this.conversations.get(conversationId)
    if (!conversation || turn.conversation !== conversationId || !turn.started) return 'not_found'
    if (conversation.active !== null) return 'busy'
    this.#settle(conversation, 'dropped')
    const descendants = this.turns.filter(each => this.#pathTo(each.id).includes(turn))
    conversation.head = descendants.reduce((newest, each) => (each.no > newest.no ? each : newest)).id
    return 'switched'
  }

  delete(conversationId: string): void {
    for (const turn of this.turns) if (turn.conversation === conversationId) turn.deleted = true
    this.conversations.delete(conversationId)
  }

  /** Running turns whose owner is gone; with `orphans` also the instance's own that it does not hold. */
  claim(instance: string, { held, orphans }: { held: string[]; orphans: boolean }): string[] {
    const claimed = this.turns.filter(({ id, owner, status, deleted }) => {
      if (deleted || status !== 'running') return false
      if (owner === instance) return orphans && !held.includes(id)
      return owner === null || !this.leases.get(owner)
    })
    for (const turn of claimed) {
      turn.epoch += 1
      if (turn.owner !== null && turn.owner !== instance) turn.attempts += 1
      this.#hand(turn, instance)
    }
    return claimed.map(turn => turn.id)
  }

  /** A claimed turn as it is taken up: nobody knows whether an external call that had begun took effect. */
  takeUp(turn: ModelTurn, owner: string): boolean {
    if (turn.deleted || turn.status !== 'running' || turn.owner !== owner) return false
    for (const call of turn.calls) {
      if (call.status === 'started' && call.effect === 'external') call.status = 'unknown'
    }
    return true
  }

  release(instance: string): void {
    this.leases.delete(instance)
    for (const turn of this.turns) {
      if (turn.deleted || turn.status !== 'running' || turn.owner !== instance) continue
      turn.owner = null
      turn.epoch += 1
    }
  }

  forgetInstances(): void {
    for (const [instance, holds] of this.leases) {
      const owns = this.turns.some(
        turn => !turn.deleted && turn.status === 'running' && turn.owner === instance,
      )
      if (!holds && !owns) this.leases.delete(instance)
    }
  }

  queueOf({ id }: ModelConversation): ModelTurn[] {
    return this.turns.filter(turn => turn.conversation === id && turn.status === 'queued')
  }

  isLive(turn: ModelTurn): boolean {
    const head = this.conversations.get(turn.conversation)?.head
    return head ? this.#pathTo(head).includes(turn) : false
  }

  /** What the model is shown in that turn, newest first, as places and texts. */
  historyOf(turn: ModelTurn): { seq: number; content: string; status: EndStatus | null }[] {
    return this.#pathTo(turn.id).flatMap(each => {
      const question = { seq: 2 * each.no - 1, content: each.content, status: null }
      if (each === turn || each.answer === null) return [question]
      return [{ seq: 2 * each.no, content: answerTo(each), status: each.answer }, question]
    })
  }

  /** From a turn up to the first of its conversation. */
  #pathTo(id: string): ModelTurn[] {
    const turn = this.turn(id)
    return [turn, ...(turn.parent === null ? [] : this.#pathTo(turn.parent))]
  }

  #holds({ turnId, owner, epoch }: Fence): boolean {
    const turn = this.turn(turnId)
    return !turn.deleted && turn.status === 'running' && turn.owner === owner && turn.epoch === epoch
  }

  #conversationOf(turn: ModelTurn): ModelConversation {
    const conversation = this.conversations.get(turn.conversation)
    if (!conversation) throw new Error(`The model has no conversation ${turn.conversation}`)
    return conversation
  }
}

/** What every stored answer of a turn says. */
export const answerTo = ({ no }: { no: number }) => `Answer ${no}`

function dropOpen(turn: ModelTurn): void {
  for (const call of turn.calls) if (call.status === 'started') call.status = 'unknown'
  dropUnbegun(turn)
}

function dropUnbegun(turn: ModelTurn): void {
  for (const call of turn.calls) {
    if (['pending', 'awaiting_approval', 'approved'].includes(call.status)) call.status = 'dropped'
  }
}
