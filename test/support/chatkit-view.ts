import { expect } from 'vitest'
import { type ChatKitEvent, type ChatKitItem, eventSchema } from './chatkit-schemas.ts'

type Update = Extract<ChatKitEvent, { type: 'thread.item.updated' }>['update']

/**
 * What the component shows, derived only from events, whose order is checked against the protocol: an item is added,
 * updated, done; a done item can be replaced or removed; its deltas make up its text.
 */
export class ChatKitView {
  items: ChatKitItem[] = []
  readonly events: ChatKitEvent[] = []
  title: string | undefined
  threadId: string | undefined
  readonly #open = new Set<string>()

  show(given: unknown): void {
    const event = eventSchema.parse(given)
    this.events.push(event)
    switch (event.type) {
      case 'thread.created':
      case 'thread.updated':
        this.threadId = event.thread.id
        this.title = event.thread.title
        return
      case 'thread.item.added':
        expect(this.#find(event.item.id)).toBeUndefined()
        this.#open.add(event.item.id)
        this.items.push(structuredClone(event.item))
        return
      case 'thread.item.updated':
        expect([event.item_id, this.#open.has(event.item_id)]).toEqual([event.item_id, true])
        this.#update(this.#require(event.item_id), event.update)
        return
      case 'thread.item.done':
        this.#finish(event.item)
        return
      case 'thread.item.replaced':
        this.#replace(event.item)
        return
      case 'thread.item.removed':
        this.#require(event.item_id)
        this.#open.delete(event.item_id)
        this.items = this.items.filter(item => item.id !== event.item_id)
    }
  }

  /** Expects that no item is left open when a stream ends by itself. */
  expectWhole(): void {
    expect([...this.#open]).toEqual([])
  }

  /** The connection was lost: the component drops unfinished items and learns from the history what became of them. */
  drop(): void {
    this.items = this.items.filter(item => !this.#open.has(item.id))
    this.#open.clear()
  }

  #find = (id: string) => this.items.find(item => item.id === id)

  #require(id: string): ChatKitItem {
    const item = this.#find(id)
    if (!item) throw new Error(`Nothing is shown under ${id}`)
    return item
  }

  #finish(item: ChatKitItem): void {
    if (this.#open.delete(item.id)) {
      expect(item).toEqual(this.#require(item.id))
      return
    }
    expect(['user_message', 'widget']).toContain(item.type)
    expect(this.#find(item.id)).toBeUndefined()
    this.items.push(item)
  }

  #replace(item: ChatKitItem): void {
    expect(this.#open.has(item.id)).toBe(false)
    this.items[this.items.indexOf(this.#require(item.id))] = item
  }

  #update(item: ChatKitItem, update: Update): void {
    if (item.type === 'assistant_message' && 'content_index' in update) {
      const { content } = item
      if (update.type === 'assistant_message.content_part.added') {
        expect(update.content_index).toBe(content.length)
        content.push({ ...update.content })
        return
      }
      const part = content[update.content_index]
      if (!part) throw new Error('There is no such part')
      if ('delta' in update) part.text += update.delta
      else expect(update.content).toEqual(part)
      return
    }
    if (item.type !== 'workflow' || !('task' in update)) throw new Error(`No update for a ${item.type}`)
    const { tasks } = item.workflow
    expect(update.task_index < tasks.length).toBe(update.type === 'workflow.task.updated')
    tasks[update.task_index] = update.task
  }
}

/** One line per item: `user: Hi`, `thought: Hm`, `calls: add task complete`, `asks: Allow: delete task?`. */
export function shownOf(item: ChatKitItem): string {
  switch (item.type) {
    case 'user_message':
      return `user: ${item.content.map(part => part.text).join('')}`
    case 'assistant_message':
      return `assistant: ${item.content.map(part => part.text).join('')}`
    case 'workflow':
      return item.workflow.tasks
        .map(task =>
          task.type === 'thought'
            ? `thought: ${task.content}`
            : `calls: ${task.title} ${task.status_indicator}`,
        )
        .join(' | ')
    case 'widget':
      return `asks: ${item.widget.children[0]?.value}`
  }
}
