import {
  AbstractChat,
  type ChatState,
  DefaultChatTransport,
  isToolUIPart,
  lastAssistantMessageIsCompleteWithApprovalResponses,
  type UIMessage,
} from 'ai'
import { expect } from 'vitest'
import type { UiMetadata } from '../../server/wire/ui-metadata.ts'
import { patiently } from './replayed-server.ts'
import type { Client } from './server.ts'

export type ChatMessage = UIMessage<UiMetadata>

/** The AI SDK's chat with plain state: `useChat` without React. */
export class UiChat extends AbstractChat<ChatMessage> {
  readonly errors: Error[] = []
  readonly posts: string[] = []

  constructor(
    server: { url: string },
    client: Client,
    { id, messages = [], newestOnly = true }: { id: string; messages?: ChatMessage[]; newestOnly?: boolean },
  ) {
    const errors: Error[] = []
    const posts: string[] = []
    super({
      id,
      state: plainState(messages),
      sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithApprovalResponses,
      onError: error => errors.push(error),
      transport: new DefaultChatTransport<ChatMessage>({
        api: `${server.url}/ai-sdk`,
        headers: { authorization: `Bearer ${client.token}` },
        fetch: (url, init) => {
          posts.push(`${init?.method ?? 'GET'} ${String(init?.body ?? '')}`)
          return fetch(url, init)
        },
        ...(newestOnly
          ? {
              prepareSendMessagesRequest: ({ id, messages, trigger, messageId, body }) => ({
                body: { ...body, id, trigger, messageId, message: messages.at(-1) },
              }),
            }
          : {}),
      }),
    })
    this.errors = errors
    this.posts = posts
  }

  /** One line per message: `user: Hello`, `assistant completed: Hi | add_task output-available`. */
  get shown(): string[] {
    return this.messages.map(shownOf)
  }

  get last(): ChatMessage {
    const last = this.messages.at(-1)
    if (!last) throw new Error('The chat is empty')
    return last
  }

  /**
   * Answers all questions of the last message; after the last one the client posts by itself, and this waits for that.
   */
  async answer(approved: boolean, reason?: string): Promise<void> {
    const posted = this.posts.length
    for (const part of this.last.parts) {
      if (isToolUIPart(part) && part.state === 'approval-requested')
        await this.addToolApprovalResponse({ id: part.approval.id, approved, ...(reason && { reason }) })
    }
    await expect
      .poll(
        () => this.posts.length > posted && this.status !== 'submitted' && this.status !== 'streaming',
        patiently,
      )
      .toBe(true)
  }
}

export function shownOf({ role, parts, metadata }: ChatMessage): string {
  const words = parts.flatMap(part => {
    if (part.type === 'text' || part.type === 'reasoning') return part.text
    return isToolUIPart(part) ? `${part.type.slice(5)} ${part.state}` : []
  })
  return `${role}${role === 'user' ? '' : ` ${metadata?.status}`}: ${words.join(' | ')}`
}

function plainState(messages: ChatMessage[]): ChatState<ChatMessage> {
  const state: ChatState<ChatMessage> = {
    status: 'ready',
    error: undefined,
    messages,
    pushMessage: message => {
      state.messages = [...state.messages, message]
    },
    popMessage: () => {
      state.messages = state.messages.slice(0, -1)
    },
    replaceMessage: (index, message) => {
      state.messages = state.messages.map((known, at) => (at === index ? message : known))
    },
    snapshot: thing => structuredClone(thing),
  }
  return state
}
