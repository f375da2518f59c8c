import type { Part, ToolCall, ToolCallStatus, TurnEvent } from '../turns/event.ts'

/** An addition to the part of an answer that a connection has been shown. */
export type Change =
  | { type: 'text' | 'reasoning'; step: number; place: number; delta: string }
  /** `was`: the state shown so far; undefined when the call is new to this connection. */
  | { type: 'call'; step: number; place: number; call: ToolCall; was: ToolCallStatus | undefined }
  /**
   * Everything shown of this step and later ones was not journaled and is void: another process starts the step again.
   */
  | { type: 'restarted'; step: number }

type Shown =
  | { type: 'text' | 'reasoning'; step: number; length: number; mark: number }
  | { type: 'call'; step: number; id: string; status: ToolCallStatus }

/**
 * Tracks what one connection has been shown, so that every event reduces to additions: the first snapshot is all new, a
 * later one contains what was missed, and one that contradicts what is shown (after a take-over) restarts the step. For
 * a text only its length and a hash are kept: ten thousand connections would otherwise hold ten thousand answers.
 */
export class AnswerChanges {
  readonly #shown: (Shown | undefined)[] = []

  /** The changes an event makes; none if it does not change the answer. */
  of(event: TurnEvent): Change[] {
    switch (event.type) {
      case 'text.delta':
      case 'reasoning.delta': {
        const type = event.type === 'text.delta' ? 'text' : 'reasoning'
        return this.#say({ type, step: event.step, place: event.part, delta: event.delta })
      }
      case 'tool.called':
      case 'tool.approval_requested':
      case 'tool.finished':
        return this.#call(event.step, event.part, event.tool_call)
      case 'turn.snapshot':
        return this.#compare(event.parts)
      default:
        return []
    }
  }

  /** Marks parts as already shown: those the client kept from an earlier connection. */
  assume(parts: readonly (Part | undefined)[]): void {
    parts.forEach((part, place) => {
      if (part) this.#shown[place] = shownAs(part)
    })
  }

  #say(change: Extract<Change, { delta: string }>): Change[] {
    if (change.delta === '') return []
    const { type, step, place, delta } = change
    const shown = this.#shown[place]
    if (shown && shown.type !== 'call') {
      shown.mark = markOf(delta, shown.mark)
      shown.length += delta.length
    } else this.#shown[place] = { type, step, length: delta.length, mark: markOf(delta) }
    return [change]
  }

  #call(step: number, place: number, call: ToolCall): Change[] {
    const shown = this.#shown[place]
    const was = shown?.type === 'call' ? shown.status : undefined
    if (was === call.status) return []
    this.#shown[place] = { type: 'call', step, id: call.id, status: call.status }
    return [{ type: 'call', step, place, call, was }]
  }

  #compare(parts: readonly Part[]): Change[] {
    const changes: Change[] = []
    const stale = this.#shown.find((shown, place) => shown && !continues(parts[place], shown))
    if (stale) {
      changes.push({ type: 'restarted', step: stale.step })
      this.#shown.forEach((shown, place) => {
        if (shown && shown.step >= stale.step) this.#shown[place] = undefined
      })
    }
    for (const { part, place } of inOrderOfTelling(parts)) {
      if (part.type === 'tool_call') changes.push(...this.#call(part.step, place, part.tool_call))
      else {
        const { type, step, text } = part
        changes.push(...this.#say({ type, step, place, delta: text.slice(this.#lengthAt(place)) }))
      }
    }
    return changes
  }

  #lengthAt(place: number): number {
    const shown = this.#shown[place]
    return shown && shown.type !== 'call' ? shown.length : 0
  }
}

/** A step's calls are sent once it is journaled, after all of its text: this way a live stream and a replay agree. */
export const inOrderOfTelling = (parts: readonly Part[]): { part: Part; place: number }[] =>
  parts
    .map((part, place) => ({ part, place }))
    .sort((a, b) => a.part.step - b.part.step || Number(isCall(a.part)) - Number(isCall(b.part)))

const isCall = (part: Part) => part.type === 'tool_call'

function shownAs(part: Part): Shown {
  const { step } = part
  if (part.type === 'tool_call')
    return { type: 'call', step, id: part.tool_call.id, status: part.tool_call.status }
  return { type: part.type, step, length: part.text.length, mark: markOf(part.text) }
}

function continues(part: Part | undefined, shown: Shown): boolean {
  if (part?.type === 'tool_call') return shown.type === 'call' && shown.id === part.tool_call.id
  return part?.type === shown.type && markOf(part.text.slice(0, shown.length)) === shown.mark
}

/** FNV-1a over UTF-16 code units, continuing from the hash of an earlier piece. */
function markOf(text: string, before = 0x811c9dc5): number {
  let mark = before
  for (let at = 0; at < text.length; at += 1) mark = Math.imul(mark ^ text.charCodeAt(at), 0x01000193)
  return mark
}
