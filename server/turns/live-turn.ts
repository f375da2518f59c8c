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
  /** Places of text parts that have grown since the last flush, and how much of each has been given to it. */
  #grown = new Set<number>()
  #flushed: number[] = []
  #unflushed: Delta[] = []
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

  /** More text of the model for the part at `place`, or its beginning; places before it with nothing to show stay empty. */
  append(more: TextPart, place: number): void {
    const { type, step, text: delta } = more
    const part = this.#parts[place]
    if (part && part.type !== 'tool_call' && part.type === type) part.text += delta
    else this.#open(more, place)
    this.#grown.add(place)
    if (this.#listeners.size > 0) {
      this.#tell({ type: `${type}.delta`, turn_id: this.id, step, part: place, delta })
    }
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
    this.#grown.clear()
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
    for (const place of this.#grown) {
      const part = this.#parts[place]
      if (!part || part.type === 'tool_call') continue
      const from = this.#flushed[place] ?? 0
      this.#lastSeq += 1
      const { step, type: kind, text } = part
      this.#unflushed.push({ seq: this.#lastSeq, step, part: place, kind, delta: text.slice(from) })
      this.#flushed[place] = text.length
    }
    this.#grown.clear()
    return this.#unflushed
  }

  confirmFlush(seq: number): void {
    this.#unflushed = this.#unflushed.filter(delta => delta.seq > seq)
  }

  #tell(event: TurnEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}
