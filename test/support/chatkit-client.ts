import { expect } from 'vitest'
import {
  type ChatKitItem,
  type ChatKitThread,
  itemPageSchema,
  threadPageSchema,
  threadSchema,
} from './chatkit-schemas.ts'
import { ChatKitView, shownOf } from './chatkit-view.ts'
import { patiently } from './replayed-server.ts'
import type { Client } from './server.ts'

type Headers = Record<string, string>

/** An open stream. */
export interface OpenStream {
  /** Resolves at its end; rejects on anything that the protocol forbids. */
  ended: Promise<void>
  /** Disconnects, as the component's Stop button does. */
  close: () => Promise<void>
}

/** A ChatKit client that accepts only what the protocol allows. */
export class ChatKitClient {
  readonly view = new ChatKitView()
  readonly #server: { url: string }
  readonly #client: Client

  constructor(server: { url: string }, client: Client, threadId?: string) {
    this.#server = server
    this.#client = client
    this.view.threadId = threadId
  }

  get threadId(): string {
    if (this.view.threadId === undefined) throw new Error('There is no thread yet')
    return this.view.threadId
  }

  get shown(): string[] {
    return this.view.items.map(shownOf)
  }

  /** Posts a request as the component does. */
  post(body: unknown, headers: Headers = {}): Promise<Response> {
    return fetch(`${this.#server.url}/chatkit`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.#client.token}`,
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...headers,
      },
      body: JSON.stringify(body),
    })
  }

  async #ask(type: string, params: object = {}): Promise<unknown> {
    const answer = await this.post({ type, params })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json'])
    return answer.json()
  }

  /** Opens a stream; its events are applied to the view as they arrive. */
  async open(type: string, params: object, headers: Headers = {}): Promise<OpenStream> {
    const answer = await this.post({ type, params, metadata: {} }, headers)
    if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`)
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    const state = { isClosed: false }
    const ended = (async () => {
      let text = ''
      for (;;) {
        const piece = await reader?.read().catch(error => {
          if (!state.isClosed) throw error
        })
        if (!piece || piece.done) break
        const frames = (text + piece.value).split('\n\n')
        text = frames.pop() ?? ''
        for (const frame of frames) this.#showFrame(frame)
      }
      if (state.isClosed) return this.view.drop()
      expect(text).toBe('')
      this.view.expectWhole()
    })()
    ended.catch(() => {})
    const close = async () => {
      state.isClosed = true
      await reader?.cancel().catch(() => {})
      await ended
    }
    return { ended, close }
  }

  #showFrame(frame: string): void {
    if (frame.startsWith(':')) return
    const [, data] = /^data: (.*)$/.exec(frame) ?? []
    if (data === undefined) throw new Error(`No frame of the protocol: ${frame}`)
    this.view.show(JSON.parse(data))
  }

  /** Sends a message in a new thread, or in the current one. */
  begin(text: string, headers?: Headers): Promise<OpenStream> {
    const content = [{ type: 'input_text', text }]
    const input = { content, attachments: [], inference_options: {} }
    if (this.view.threadId === undefined) return this.open('threads.create', { input }, headers)
    return this.open('threads.add_user_message', { thread_id: this.threadId, input }, headers)
  }

  async say(text: string, headers?: Headers): Promise<void> {
    await (await this.begin(text, headers)).ended
  }

  /** Like the component: first removes what follows the message. */
  async retry(item = this.view.items.findLast(({ type }) => type === 'user_message')): Promise<void> {
    const at = item ? this.view.items.indexOf(item) : -1
    this.view.items = this.view.items.slice(0, at + 1)
    const params = { thread_id: this.threadId, item_id: item?.id }
    await (await this.open('threads.retry_after_item', params)).ended
  }

  questions() {
    return this.view.items.flatMap(item => (item.type === 'widget' ? [item] : []))
  }

  /** Presses a button of the first question. */
  async press(button: 'confirm' | 'cancel', [asked] = this.questions()): Promise<void> {
    const { type, payload } = asked?.widget[button]?.action ?? {}
    const params = { thread_id: this.threadId, item_id: asked?.id, action: { type, payload } }
    await (await this.open('threads.custom_action', params)).ended
  }

  /** Stops the answer as a host page does. */
  async stop(): Promise<void> {
    const params = { thread_id: this.threadId, action: { type: 'turn.cancel' } }
    expect(await this.#ask('threads.sync_custom_action', params)).toEqual({})
  }

  async sync(action: object, item_id?: string): Promise<unknown> {
    return this.#ask('threads.sync_custom_action', { thread_id: this.threadId, item_id, action })
  }

  async feedback(kind: 'positive' | 'negative', item_ids: string[]): Promise<void> {
    expect(await this.#ask('items.feedback', { thread_id: this.threadId, item_ids, kind })).toEqual({})
  }

  async thread(): Promise<ChatKitThread> {
    return threadSchema.parse(await this.#ask('threads.get_by_id', { thread_id: this.threadId }))
  }

  async threads(params: object = {}) {
    return threadPageSchema.parse(await this.#ask('threads.list', params))
  }

  async rename(title: string): Promise<ChatKitThread> {
    return threadSchema.parse(await this.#ask('threads.update', { thread_id: this.threadId, title }))
  }

  async remove(): Promise<void> {
    expect(await this.#ask('threads.delete', { thread_id: this.threadId })).toEqual({})
  }

  async items(params: object = {}) {
    return itemPageSchema.parse(await this.#ask('items.list', { thread_id: this.threadId, ...params }))
  }

  /** The whole thread, oldest first, read in pages of `limit` items. */
  async history({ order = 'asc', limit = 0 }: { order?: 'asc' | 'desc'; limit?: number } = {}) {
    const found: ChatKitItem[] = []
    for (let after: string | undefined; ; ) {
      const page = await this.items({ order, limit, ...(after ? { after } : {}) })
      found.push(...page.data)
      if (!page.has_more) return order === 'asc' ? found : found.toReversed()
      after = page.after
    }
  }

  /** Starts again from the history, as after a reload. */
  async reload(): Promise<void> {
    this.view.items = await this.history()
  }

  /** Expects the view to equal the history, including ids and times. */
  async expectStored(): Promise<void> {
    // jsonb does not preserve the order of keys.
    const readable = (items: ChatKitItem[]) =>
      items.map(item => ({ shown: shownOf(item), id: item.id, created_at: item.created_at, type: item.type }))
    expect(readable(await this.history())).toEqual(readable(this.view.items))
  }

  until(shown: string): Promise<void> {
    return expect.poll(() => this.shown.at(-1), patiently).toBe(shown)
  }
}
