import { createPatience, createSend, lost, type Sending, type Settings } from './connection.ts'
import type * as Api from './contract.ts'
import { answerOf, eventsOf, isEnd } from './turn-events.ts'

export interface Saying {
  conversationId?: string
  ifBusy?: Api.IfBusy
  timeZone?: string
  /** Calls with the same key get the same turn; without one, each call makes its own. */
  idempotencyKey?: string
  signal?: AbortSignal
}

/** `next` is undefined on the last page. */
export type Page<Item> = { items: Item[]; next: (() => Promise<Page<Item>>) | undefined }

/** A typed client for browsers and Node. Requests whose connection is lost are retried where that is safe. */
export function createClient(settings: Settings) {
  const send = createSend(settings)

  async function persist(path: string, sending: Sending = {}) {
    const patience = createPatience(settings, sending.signal)
    for (;;) {
      try {
        const answer = await send(path, sending)
        return { answer, body: await answer.json().catch(cause => lost(cause, sending.signal)) }
      } catch (error) {
        await patience.endure(error)
      }
    }
  }

  const read = <T>(path: string, sending?: Sending): Promise<T> =>
    persist(path, sending).then(got => got.body)
  const put = <T>(path: string, body?: unknown) => read<T>(path, { method: 'PUT', body })
  const patch = <T>(path: string, body: unknown) => read<T>(path, { method: 'PATCH', body })
  // Not retried: a second attempt would find nothing and fail.
  const remove = (path: string) => send(path, { method: 'DELETE' }).then(() => {})

  async function page<Item>(path: string, query: object = {}): Promise<Page<Item>> {
    const given = Object.entries(query).filter(([, value]) => value !== undefined)
    const { answer, body } = await persist(given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path)
    const next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]
    return { items: body, next: next ? () => page<Item>(next) : undefined }
  }

  function saying(message: string, { conversationId, ifBusy, timeZone, ...said }: Saying, accept: string) {
    const key = { 'idempotency-key': said.idempotencyKey ?? newKey() }
    const headers = { accept, ...key, ...(timeZone && { 'x-time-zone': timeZone }) }
    const body = { message, conversation_id: conversationId, if_busy: ifBusy }
    return { method: 'POST', body, headers, signal: said.signal }
  }

  /** Reopens the turn's event stream whenever it is cut; each starts with a snapshot. */
  async function* resume(begin: () => Promise<Response>, signal: AbortSignal | undefined) {
    const patience = createPatience(settings, signal)
    let open = begin
    for (;;) {
      try {
        for await (const event of eventsOf(await open(), signal)) {
          patience.renew()
          open = () => send(`/turns/${event.turn_id}/events`, { signal })
          yield event
          if (isEnd(event)) return
        }
      } catch (error) {
        await patience.endure(error)
      }
    }
  }

  const follow = (turnId: string, { signal }: { signal?: AbortSignal | undefined } = {}) =>
    resume(() => send(`/turns/${turnId}/events`, { signal }), signal)

  return {
    /** Sends a message and waits for the whole answer, however long it takes. */
    async chat(message: string, said: Saying = {}): Promise<Api.Answer> {
      const { answer, body } = await persist('/chat', saying(message, said, 'application/json'))
      if (answer.status !== 202) return body
      for await (const event of follow(body.turn_id, said)) if (isEnd(event)) return answerOf(event)
      throw new Error('The events of a turn had no end')
    },
    /** Sends a message and streams its answer; continues through lost connections. */
    stream(message: string, said: Saying = {}) {
      const sending = saying(message, said, 'text/event-stream')
      return resume(() => send('/chat', sending), said.signal)
    },
    follow,
    turn: (id: string) => read<Api.Turn>(`/turns/${id}`),
    cancel: (id: string) => put<Api.Turn>(`/turns/${id}/cancellation`),
    /** Approves or denies a tool call, with an optional reason; follow its turn afterwards. */
    approve: (callId: string, approved = true, reason?: string) =>
      put<Api.Turn>(`/tool-calls/${callId}/approval`, { approved, reason }),
    conversations: {
      page: (query?: Api.ConversationQuery) => page<Api.Conversation>('/conversations', query),
      read: (id: string) => read<Api.Conversation>(`/conversations/${id}`),
      update: (id: string, change: Api.ConversationChange) =>
        patch<Api.Conversation>(`/conversations/${id}`, change),
      remove: (id: string) => remove(`/conversations/${id}`),
      messages: (id: string, q?: Api.MessageQuery) => page<Api.Message>(`/conversations/${id}/messages`, q),
    },
    tasks: {
      page: (query?: Api.TaskQuery) => page<Api.Task>('/tasks', query),
      read: (id: number) => read<Api.Task>(`/tasks/${id}`),
      // Not retried either: that would create a second task.
      add: (body: Api.NewTask): Promise<Api.Task> =>
        send('/tasks', { method: 'POST', body }).then(got => got.json()),
      update: (id: number, change: Api.TaskChange) => put<Api.Task>(`/tasks/${id}`, change),
      complete: (id: number, completed = true) => patch<Api.Task>(`/tasks/${id}/complete`, { completed }),
      remove: (id: number) => remove(`/tasks/${id}`),
    },
  }
}

/** Not randomUUID, which browsers offer only in secure contexts. */
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16)).join('-')
