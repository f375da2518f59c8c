import type { Change } from './answer-changes.ts'
import type { ChatKitEvent } from './chatkit-events.ts'
import {
  type ChatKitTurn,
  textItem,
  textItemId,
  textOf,
  thoughtItem,
  thoughtItemId,
  thoughtTask,
} from './chatkit-items.ts'

type TextChange = Extract<Change, { delta: string }>
type Send = (event: ChatKitEvent) => void

interface ShownText {
  kind: 'text' | 'reasoning'
  place: number
  id: string
  text: string
  isDone: boolean
}

/**
 * The texts of the running step, one of which is growing. They are kept whole because the protocol ends each text by
 * sending all of it; reasoning is sent only then, since it has no deltas.
 */
export class ChatKitTexts {
  readonly #turn: ChatKitTurn
  readonly #send: Send
  readonly #texts = new Map<number, ShownText>()
  #open: ShownText | undefined

  constructor(turn: ChatKitTurn, send: Send) {
    this.#turn = turn
    this.#send = send
  }

  /** Appends to the text at that place if it is the open one, and returns its item's id. */
  grow(place: number, delta: string): string | undefined {
    const open = this.#open
    if (open?.place !== place || open.kind !== 'text') return undefined
    open.text += delta
    return open.id
  }

  /** Adds text; returns the item's id if the item is new. */
  say({ type: kind, place, delta }: TextChange): string | undefined {
    const known = this.#texts.get(place)
    if (known?.isDone) {
      // A model may continue a text after starting another.
      known.text += delta
      this.#send({ type: 'thread.item.replaced', item: this.#itemOf(known) })
      return undefined
    }
    const text = known ?? this.#begin(kind, place)
    text.text += delta
    if (kind === 'text') this.#send(deltaEvent({ delta }, text.id))
    return known ? undefined : text.id
  }

  #begin(kind: ShownText['kind'], place: number): ShownText {
    this.close()
    const id = (kind === 'text' ? textItemId : thoughtItemId)(this.#turn.turnId, place)
    const text = { kind, place, id, text: '', isDone: false }
    this.#texts.set(place, text)
    this.#open = text
    const item = (kind === 'text' ? textItem : thoughtItem)(this.#turn, place)
    this.#send({ type: 'thread.item.added', item })
    if (kind === 'text') this.#part('added', text)
    return text
  }

  close(): void {
    const open = this.#open
    this.#open = undefined
    if (!open) return
    open.isDone = true
    if (open.kind === 'text') this.#part('done', open)
    else this.#send(thoughtEvent(open))
    this.#send({ type: 'thread.item.done', item: this.#itemOf(open) })
  }

  forget(): void {
    this.#open = undefined
    this.#texts.clear()
  }

  #itemOf({ kind, place, text }: ShownText) {
    return (kind === 'text' ? textItem : thoughtItem)(this.#turn, place, text)
  }

  #part(what: 'added' | 'done', { id, text }: ShownText): void {
    const type = `assistant_message.content_part.${what}` as const
    const update = { type, content_index: 0, content: textOf(text) } as const
    this.#send({ type: 'thread.item.updated', item_id: id, update })
  }
}

const thoughtEvent = ({ id, text }: ShownText): ChatKitEvent => ({
  type: 'thread.item.updated',
  item_id: id,
  update: { type: 'workflow.task.added', task_index: 0, task: thoughtTask(text) },
})

export const deltaEvent = ({ delta }: { delta: string }, item_id: string): ChatKitEvent => ({
  type: 'thread.item.updated',
  item_id,
  update: { type: 'assistant_message.content_part.text_delta', content_index: 0, delta },
})
