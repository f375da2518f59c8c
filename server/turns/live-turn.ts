import type { OwnedTurn } from '../store/turns.ts'
import type { Part, ToolCall, TurnEvent, TurnOutcome, Usage } from './event.ts'
import { endEventOf } from './view.ts'

type TextPart = Exclude<Part, { type: 'tool_call' }>

export type Listener = (event: TurnEvent) => void

/** Text not yet passed on to followers on other instances; `seq` numbers the deltas within one ownership of a turn. */
export interface Delta {
  seq: number
  step: number
  part: number
  kind: 'text' | 'reasoning'
  delta: string
}

/**
 * A turn while this instance produces it: the answer so far, and its listeners. It is a cache: losing it loses nothing.
 * With no listeners it must cost next to nothing, since this runs for every token.
 */
export class LiveTurn {
  readonly userId: string
  readonly id: string
  readonly conversationId: string
  readonly epoch: number
  /** Resolves when the turn ends here: with its outcome, or undefined when another instance continues it. */
  readonly ended: Promise<TurnOutcome | undefined>
  readonly abort = new AbortController()
  #parts: Part[]
  #listeners = new Set<Listener>()
  #end: (outcome: TurnOutcome | undefined) => void = () => {}
  #unflushed: Delta[] = []
  /** The last of these until a flush takes it: further text of the same part is appended to it. */
  #growing: Delta | undefined
  #lastSeq = 0

  constructor(turn: Pick<OwnedTurn, 'user_id' | 'id' | 'conversation_id' | 'epoch'>, parts: Part[]) {
    this.userId = turn.user_id
    this.id = turn.id
    this.conversationId = turn.conversation_id
    this.epoch = turn.epoch
    this.#parts = parts
    this.ended = new Promise(resolve => {
      this.#end = resolve
    })
  }

  get parts(): readonly Part[] {
    return this.#parts
  }

  /** Sends a snapshot first; later events continue it without a gap. */
  listen(listener: Listener): () => void {
    listener(this.snapshot())
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  snapshot(): TurnEvent {
    return {
      type: 'turn.snapshot',
      turn_id: this.id,
      conversation_id: this.conversationId,
      status: 'running',
      parts: structuredClone(this.#parts),
    }
  }

  /**
   * Appends text to the part at `place`, or opens it; earlier places with nothing to show stay empty. `whole` is the
   * part's full text, if the caller holds it: sharing that string avoids keeping a long answer twice.
   */
  append(more: TextPart, place: number, whole?: string): void {
    const { type, step, text: delta } = more
    const part = this.#parts[place]
    if (part && part.type !== 'tool_call' && part.type === type) part.text = whole ?? part.text + delta
    else this.#open(more, place)
    this.#keepForFlush(more, place)
    if (this.#listeners.size > 0) {
      this.#tell({ type: `${type}.delta`, turn_id: this.id, step, part: place, delta })
    }
  }

  /** Keeps only the new text: cutting it out of the whole later would mean copying the whole every time. */
  #keepForFlush({ type: kind, step, text: delta }: TextPart, part: number): void {
    const growing = this.#growing
    if (growing?.part === part && growing.kind === kind) {
      growing.delta += delta
      return
    }
    this.#lastSeq += 1
    this.#growing = { seq: this.#lastSeq, step, part, kind, delta }
    this.#unflushed.push(this.#growing)
  }

  #open(part: Part, place: number): void {
    while (this.#parts.length < place) this.#parts.push({ type: 'text', step: part.step, text: '' })
    this.#parts[place] = part
  }

  /** Shows a tool call's new state at its place. */
  show(type: 'tool.called' | 'tool.approval_requested' | 'tool.finished', call: ToolCall): void {
    const place = this.#parts.findIndex(part => part.type === 'tool_call' && part.tool_call.id === call.id)
    const part = this.#parts[place]
    if (part?.type !== 'tool_call') return
    part.tool_call = call
    this.#tell({ type, turn_id: this.id, step: part.step, part: place, tool_call: call })
  }

  /** Replaces the answer by what has been journaled up to the end of a step. */
  settle(parts: Part[]): void {
    this.#parts = parts
    this.#growing = undefined
    this.#unflushed = []
  }

  finishStep(step: number, usage: Usage): void {
    this.#tell({ type: 'step.finished', turn_id: this.id, step, usage })
  }

  end(outcome: TurnOutcome): void {
    this.#tell(endEventOf(outcome))
    this.#listeners.clear()
    this.#end(outcome)
  }

  /** Another instance continues the turn: listeners are told nothing, and followers look the turn up again. */
  leave(): void {
    this.#listeners.clear()
    this.#end(undefined)
  }

  /** Everything still to be flushed, in order; it is kept until `confirmFlush` says how far the flush succeeded. */
  unflushed(): readonly Delta[] {
    this.#growing = undefined
    return this.#unflushed
  }

  confirmFlush(seq: number): void {
    this.#unflushed = this.#unflushed.filter(delta => delta.seq > seq)
  }

  #tell(event: TurnEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}
