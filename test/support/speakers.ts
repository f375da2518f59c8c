import { expect } from 'vitest'
import { createClient } from '../../client/client.ts'
import type { Part } from '../../client/contract.ts'
import { showEvent } from '../../client/turn-events.ts'
import { Agent } from './ag-ui-agent.ts'
import { ChatKitClient, type OpenStream } from './chatkit-client.ts'
import { patiently } from './replayed-server.ts'
import type { Client } from './server.ts'
import { type ChatMessage, UiChat } from './ui-chat.ts'

/** A user's page that speaks one protocol through that protocol's client. */
export interface Speaker {
  /** Starts sending a message; `ended` rejects when the connection is lost. */
  begin(text: string): Promise<{ ended: Promise<unknown> }>
  /** What the page shows. */
  shown(): string
  /** Approves the open question, and waits for the end of what follows. */
  allow(): Promise<void>
  stop(): Promise<void>
  /** Closes the connection of the running stream. */
  leave(): Promise<unknown>
  /** Another page on the same conversation, empty. */
  tab(): Speaker
  /** Like a reopened page: shows the conversation and follows its running turn; `ended` resolves when that is over. */
  comeBack(): Promise<{ ended: Promise<unknown> }>
  conversationId(): string
}

interface Place {
  server: { url: string }
  client: Client
}

type TurnStream = ReturnType<ReturnType<typeof createClient>['stream']>

function restSpeaker(place: Place, conversation?: string, turn?: string): Speaker {
  const { userId, token } = place.client
  const api = createClient({ url: place.server.url, userId, token })
  const known = { conversation, turn }
  let parts: readonly Part[] = []
  let connection = new AbortController()

  async function show(events: TurnStream, heard?: () => void): Promise<void> {
    for await (const event of events) {
      known.turn = event.turn_id
      if ('conversation_id' in event) known.conversation = event.conversation_id
      parts = showEvent(parts, event)
      heard?.()
    }
  }
  const follow = () => show(api.follow(String(known.turn), { signal: connection.signal }))

  return {
    async begin(text) {
      connection = new AbortController()
      parts = []
      const where = known.conversation ? { conversationId: known.conversation } : {}
      const heard = Promise.withResolvers<void>()
      const ended = show(api.stream(text, { ...where, signal: connection.signal }), heard.resolve)
      await Promise.race([heard.promise, ended])
      return { ended }
    },
    shown: () => parts.map(part => (part.type === 'tool_call' ? part.tool_call.name : part.text)).join(' | '),
    async allow() {
      const asked = parts.flatMap(part => (part.type === 'tool_call' ? [part.tool_call] : []))
      const call = asked.find(({ status }) => status === 'awaiting_approval')
      await api.approve(String(call?.id))
      await follow()
    },
    stop: async () => void (await api.cancel(String(known.turn))),
    leave: async () => connection.abort(),
    tab: () => restSpeaker(place, known.conversation, known.turn),
    comeBack: async () => ({ ended: follow() }),
    conversationId: () => String(known.conversation),
  }
}

let names = 0

/** Looks up our id for clients that use their own conversation ids. */
const postTo = ({ server, client }: Place, path: string, body: object = {}) =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${client.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

function uiSpeaker(place: Place, id = `agreeing-${++names}`): Speaker {
  const { server, client } = place
  let chat = new UiChat(server, client, { id })
  return {
    begin: async text => ({
      ended: chat.sendMessage({ text }).then(() => {
        const lost = chat.errors.find(({ name }) => name === 'TypeError')
        if (lost) throw lost
      }),
    }),
    shown: () => chat.shown.join('\n'),
    allow: () => chat.answer(true),
    async stop() {
      expect((await postTo(place, `/ai-sdk/${id}/stop`)).ok).toBe(true)
    },
    leave: () => chat.stop(),
    tab: () => uiSpeaker(place, id),
    async comeBack() {
      const headers = { authorization: `Bearer ${client.token}` }
      const history = await fetch(`${server.url}/ai-sdk/${id}/messages`, { headers })
      const messages: ChatMessage[] = await history.json()
      chat = new UiChat(server, client, { id, messages })
      return { ended: chat.resumeStream() }
    },
    conversationId: () => String(chat.messages.at(-1)?.metadata?.conversationId),
  }
}

function agSpeaker(place: Place, threadId = `agreeing-${++names}`): Speaker {
  const agent = new Agent(place.server, place.client, threadId)
  agent.fetch = fetchThatEnds
  return {
    begin: async text => ({ ended: agent.say(text) }),
    shown: () => agent.shown.join('\n'),
    async allow() {
      const resume = agent.pendingInterrupts.map(({ id: interruptId }) => ({
        interruptId,
        status: 'resolved' as const,
        payload: { approved: true },
      }))
      expect(resume).toHaveLength(1)
      await agent.go({ resume })
    },
    async stop() {
      expect((await postTo(place, '/ag-ui/stop', { threadId })).ok).toBe(true)
    },
    leave: async () => agent.abortRun(),
    tab: () => agSpeaker(place, threadId),
    comeBack: async () => ({ ended: agent.comeBack() }),
    conversationId: () => {
      const [first] = agent.events as { metadata?: { colloquy?: { conversationId?: string } } }[]
      return String(first?.metadata?.colloquy?.conversationId)
    },
  }
}

/** Turns a broken connection into an ended one: the library rethrows the error where nobody can catch it. */
async function fetchThatEnds(...request: Parameters<typeof fetch>): Promise<Response> {
  const { body, status, headers } = await fetch(...request)
  const reader = body?.getReader()
  const whole = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const piece = await reader?.read().catch(() => undefined)
      if (!piece || piece.done) controller.close()
      else controller.enqueue(piece.value)
    },
    cancel: () => reader?.cancel().catch(() => {}),
  })
  return new Response(whole, { status, headers })
}

function chatKitSpeaker(place: Place, threadId?: string): Speaker {
  const chat = new ChatKitClient(place.server, place.client, threadId)
  let open: OpenStream | undefined
  const conversationId = () => chat.threadId.slice('thr_'.length)
  return {
    async begin(text) {
      open = await chat.begin(text)
      return open
    },
    shown: () => chat.shown.join('\n'),
    allow: () => chat.press('confirm'),
    stop: () => chat.stop(),
    leave: async () => open?.close(),
    tab: () => chatKitSpeaker(place, chat.threadId),
    // The protocol cannot join a running answer: the component shows it as it was when opened.
    async comeBack() {
      const isIdle = async () =>
        (await place.client.call('GET', `/conversations/${conversationId()}`)).body.active_turn_id === null
      await chat.reload()
      const ended = expect.poll(isIdle, patiently).toBe(true)
      return { ended: ended.then(() => chat.reload()) }
    },
    conversationId,
  }
}

export const speakers: Record<string, (place: Place) => Speaker> = {
  REST: place => restSpeaker(place),
  'AI SDK': place => uiSpeaker(place),
  'AG-UI': place => agSpeaker(place),
  ChatKit: place => chatKitSpeaker(place),
}
