import type { OwnedTurn } from '../store/turns.ts'
import type { Part, ToolCall, TurnEvent, TurnOutcome, Usage } from './event.ts'
import { endEventOf } from './view.ts'

type TextPart = Exclude<Part, { type: 'tool_call' }>

export type Listener = (event: TurnEvent) => void

/** Text that followers on other instances have not been given yet; `seq` counts the deltas of one owner's turn. */
export interface Delta {
  seq: number
  step: number
  part: number
  kind: 'text' | 'reasoning'
  delta: string
}

/**
 * A turn while this instance produces it: the answer so far, and who listens. A cache of what is being made, not state:
 * losing it loses nothing. Telling nobody costs next to nothing, since this runs for every token.
 */
export class LiveTurn {
  readonly userId: string
  readonly id: string
  readonly conversationId: string
  readonly epoch: number
  /** Settles when the turn ends here: with its outcome, or undefined when another instance goes on with it. */
  readonly ended: Promise<TurnOutcome | undefined>
  readonly abort = new AbortController()
  #parts: Part[]
  #listeners = new Set<Listener>()
  #end: (outcome: TurnOutcome | undefined) => void = () => {}
  #unflushed: Delta[] = []
  /** The last of these, while a flush has not taken it: more text of the same part is added to it. */
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

  /** Begins with a snapshot; what follows continues it without a gap. */
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
   * More text of the model for the part at `place`, or its beginning; places before it with nothing to show stay empty.
   * `whole` is the part's text with it where the caller holds that: held twice, an answer of many small pieces is large.
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

  /** The new text alone: to cut it out of the whole later, the whole would have to be copied each time. */
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

  /** A tool call's new state, shown at its place. */
  show(type: 'tool.called' | 'tool.approval_requested' | 'tool.finished', call: ToolCall): void {
    const place = this.#parts.findIndex(part => part.type === 'tool_call' && part.tool_call.id === call.id)
    const part = this.#parts[place]
    if (part?.type !== 'tool_call') return
    part.tool_call = call
    this.#tell({ type, turn_id: this.id, step: part.step, part: place, tool_call: call })
  }

  /** The whole answer up to the end of a step's text, as it was written down. */
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

  /** Another instance goes on: nobody here is told anything, followers look for the turn anew. */
  leave(): void {
    this.#listeners.clear()
    this.#end(undefined)
  }

  /** All that is still to be flushed, in its order; it stays so until `confirmFlush` says up to where that succeeded. */
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
