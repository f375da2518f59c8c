import { Chat } from '@ai-sdk/react'
import { generateId } from 'ai'
import { type Message, type MessageMetadata, type MessagePage, readMessages } from '../api/messages.ts'
import { asProblem } from '../api/problem.ts'
import { enqueueMessage, giveApproval, stopAnswer } from '../api/turns.ts'
import { answerTransport, isLostConnection, persist } from './answer-transport.ts'
import {
  type ConversationState,
  initialState,
  newMessage,
  type Sending,
  type Surroundings,
} from './conversation-state.ts'
import { isUnfinished, mergeMessages } from './merge-messages.ts'
import { pauseFor } from './pause.ts'

/**
 * One conversation on screen: its state and the actions on it. Follows the running answer until it ends, however often
 * the connection is lost; stored messages come from the history.
 */
export class OpenConversation {
  readonly chat: Chat<Message>
  #id: string | undefined
  readonly #around: Surroundings
  readonly #listeners = new Set<() => void>()
  #left = new AbortController()
  #nothingRuns = false
  #isGivenUp = false
  /** Resolves once the server has accepted the last message sent: queued ones go after it. */
  #taken: Promise<unknown> = Promise.resolve()
  #onTaken = () => {}
  #state = initialState

  constructor(id: string | undefined, around: Surroundings) {
    this.#id = id
    this.#around = around
    const ownName = generateId()
    this.chat = new Chat<Message>({
      transport: answerTransport({
        name: () => this.#id ?? ownName,
        timeZone: around.timeZone,
        onReconnecting: isReconnecting => this.#set({ isReconnecting }),
        onStart: about => this.#begin(about),
        onNothing: () => {
          this.#nothingRuns = true
        },
      }),
    })
  }

  get state(): ConversationState {
    return this.#state
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Called when the screen appears; `leave` undoes it. The answer continues without viewers. */
  enter(): void {
    if (this.#left.signal.aborted) this.#left = new AbortController()
  }

  leave(): void {
    this.#left.abort()
    void this.chat.stop()
  }

  showNewest(page: MessagePage): void {
    const { messages } = this.chat
    const isJoined = messages.findIndex(message => message.id === page.messages[0]?.id) > 0
    this.chat.messages = mergeMessages(messages, page, this.#state.isAnswering)
    if (!isJoined) this.#set({ hasOlder: page.hasOlder })
  }

  async showOlder(): Promise<void> {
    const before = this.chat.messages[0]?.metadata?.seq
    if (this.#id === undefined || before === undefined || this.#state.isLoadingOlder) return
    this.#set({ isLoadingOlder: true })
    try {
      const page = await readMessages(this.#id, before)
      const isStillFirst = this.chat.messages[0]?.metadata?.seq === before
      if (isStillFirst) this.chat.messages = [...page.messages, ...this.chat.messages]
      this.#set({ isLoadingOlder: false, ...(isStillFirst ? { hasOlder: page.hasOlder } : {}) })
    } catch (problem) {
      this.#set({ isLoadingOlder: false, problem })
    }
  }

  /** Drops older messages that were paged in, so that a long conversation stays as fast as a short one. */
  showOnlyNewest(): void {
    const { messages } = this.chat
    if (messages.length <= 150) return
    this.chat.messages = messages.slice(-50)
    this.#set({ hasOlder: true })
  }

  send(text: string): Promise<void> {
    if (this.#state.isAnswering) return this.#writeAhead(text)
    this.showOnlyNewest()
    return this.#follow(() => this.chat.sendMessage(newMessage(text)), text)
  }

  /** Sends a replacement for a message; what followed it becomes another version. */
  sendInstead(message: Message, text: string): Promise<void> {
    const { messages } = this.chat
    this.chat.messages = messages.slice(0, messages.indexOf(message))
    const options = { body: { messageId: message.id } }
    return this.#follow(() => this.chat.sendMessage(newMessage(text), options), text)
  }

  answerAgain(message: Message): Promise<void> {
    return this.#follow(() => this.chat.regenerate({ messageId: message.id }))
  }

  /** Shows the running answer from its beginning. */
  async follow(): Promise<void> {
    if (!this.#state.isAnswering) await this.#follow(() => this.chat.resumeStream())
  }

  async approve(callId: string, approved: boolean): Promise<void> {
    await this.#attempt(() => giveApproval(callId, approved))
    if (this.#state.problem === undefined) await this.follow()
    else await this.#around.onChanged()
  }

  async stop(): Promise<void> {
    if (!this.#state.isAnswering) return
    const isUnsent = this.chat.lastMessage?.role === 'user' && this.#state.isReconnecting
    if (this.#id === undefined || isUnsent) return this.#giveUp()
    const id = this.#id
    await this.#attempt(() => stopAnswer(id))
  }

  /** Runs an action and shows its error, if any. */
  async #attempt(act: () => Promise<unknown>): Promise<void> {
    this.#set({ problem: undefined })
    try {
      await act()
    } catch (problem) {
      this.#set({ problem })
    }
  }

  change(act: () => Promise<unknown>): Promise<void> {
    return this.#attempt(async () => {
      await act().finally(this.#around.onChanged)
    })
  }

  giveBack(text: string): void {
    this.#set({ returned: [this.#state.returned, text].filter(Boolean).join('\n\n') })
  }

  takeReturned(): string {
    const { returned } = this.#state
    if (returned) this.#set({ returned: '' })
    return returned
  }

  async #follow(act: () => Promise<void>, text?: string): Promise<void> {
    this.#nothingRuns = false
    this.#isGivenUp = false
    if (text !== undefined) {
      this.#set({ said: this.#state.said + 1 })
      this.#taken = new Promise<void>(resolve => {
        this.#onTaken = resolve
      })
    }
    this.#set({ isAnswering: true, problem: undefined })
    const { signal } = this.#left
    let run = act
    for (let failures = 0; ; failures += 1) {
      await run()
      if (signal.aborted) return this.#set({ isAnswering: false, isReconnecting: false })
      if (this.#isGivenUp || this.#nothingRuns || this.#hasEnded()) break
      this.#set({ isReconnecting: true })
      await pauseFor(failures, signal)
      run = () => this.chat.resumeStream()
    }
    const { error, lastMessage } = this.chat
    const isRefused = lastMessage?.role === 'user' && (error !== undefined || this.#isGivenUp)
    if (isRefused && text !== undefined) {
      this.chat.messages = this.chat.messages.slice(0, -1)
      this.giveBack(text)
    }
    this.#onTaken()
    this.#set({
      isAnswering: false,
      isReconnecting: false,
      endedAt: Date.now(),
      // A failed turn shows its error in its own answer.
      problem: error && lastMessage?.metadata?.status !== 'failed' ? asProblem(error) : undefined,
    })
    await this.#around.onChanged()
  }

  #hasEnded(): boolean {
    const { error, lastMessage } = this.chat
    return !(error && isLostConnection(error)) && !isUnfinished(lastMessage)
  }

  #giveUp(): void {
    this.#isGivenUp = true
    void this.chat.stop()
  }

  #writeAhead(text: string): Promise<void> {
    const sending = { key: generateId(), text }
    this.#set({ sending: [...this.#state.sending, sending], problem: undefined })
    const taken = this.#taken.then(() => this.#enqueue(sending))
    this.#taken = taken
    return taken
  }

  async #enqueue(sending: Sending): Promise<void> {
    try {
      const conversationId = this.#id
      if (conversationId === undefined) return this.giveBack(sending.text)
      const queued = { ...sending, conversationId, timeZone: this.#around.timeZone() }
      const keepTrying = () => enqueueMessage(queued)
      await persist(keepTrying, this.#left.signal, () => {})
      this.#set({ accepted: this.#state.accepted + 1 })
      await this.#around.onChanged()
    } catch (problem) {
      this.#set({ problem })
      this.giveBack(sending.text)
    } finally {
      this.#set({ sending: this.#state.sending.filter(each => each !== sending) })
    }
  }

  #begin({ conversationId }: MessageMetadata): void {
    this.#set({ accepted: this.#state.accepted + 1 })
    this.#onTaken()
    if (this.#id !== undefined || conversationId === undefined) return
    this.#id = conversationId
    this.#around.onBegun(conversationId)
  }

  #set(change: Partial<ConversationState>): void {
    this.#state = { ...this.#state, ...change }
    for (const listener of this.#listeners) listener()
  }
}
