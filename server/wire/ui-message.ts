import type { Part, ToolCallStatus, TurnEvent, TurnOutcome } from '../turns/event.ts'
import { AnswerChanges, type Change } from './answer-changes.ts'
import { createFrameSharing, type FrameSharing } from './frames.ts'
import type { UiMetadata, UiTurn } from './ui-metadata.ts'
import { approvalIdOf, toolMetadataOf, uiStateOf } from './ui-tool-call.ts'

/**
 * Encodes turn events as the AI SDK's UI message stream, version 1: `docs/protocols/ai-sdk.md`. The message's id is the
 * turn's, which is known from the start and the same in the history.
 */

export const uiMessageStreamHeaders = { 'x-vercel-ai-ui-message-stream': 'v1' } as const

/** Sent before a connection that fell behind is closed. */
export const uiOverflowFrame: Uint8Array = new TextEncoder().encode(
  `data: ${JSON.stringify({ type: 'error', errorText: 'The connection fell behind; connect again' })}\n\n`,
)

/** Creates the encoders of one process; each connection opens its own. */
export function createUiMessageEncoding() {
  const sharing = createFrameSharing()
  return (turn: UiTurn, answered?: ReadonlySet<string>): ((event: TurnEvent) => Uint8Array) => {
    const encoder = new UiMessageEncoder(turn, sharing, answered)
    return event => encoder.encode(event)
  }
}

type CallChange = Extract<Change, { type: 'call' }>
type EndEvent = Extract<TurnEvent, { response: string }>
type Chunk = { type: string; [key: string]: unknown }

class UiMessageEncoder {
  readonly #turn: UiTurn
  readonly #sharing: FrameSharing
  readonly #changes = new AnswerChanges()
  /** Calls whose question the client answered: it has the message up to there and continues it. */
  readonly #answered: ReadonlySet<string> | undefined
  #frames = ''
  #begun = false
  #step: number | undefined
  #open: { place: number; kind: 'text' | 'reasoning'; id: string } | undefined
  #opened = new Map<number, number>()
  #asked: number | undefined
  #held = new Set<string>()
  #attempt = 1

  constructor(turn: UiTurn, sharing: FrameSharing, answered: ReadonlySet<string> | undefined) {
    this.#turn = turn
    this.#sharing = sharing
    this.#answered = answered
  }

  encode(event: TurnEvent): Uint8Array {
    const open = this.#open
    if (event.type === 'text.delta' && open?.place === event.part && open.kind === 'text') {
      this.#changes.of(event)
      return this.#sharing.encode(event, open.id, deltaFrame)
    }
    if (event.type === 'turn.snapshot') this.#begin(event)
    for (const change of this.#changes.of(event)) this.#show(change)
    this.#mark(event)
    const frames = this.#frames
    this.#frames = ''
    return this.#sharing.bytesOf(frames)
  }

  #begin({ status, parts }: Extract<TurnEvent, { type: 'turn.snapshot' }>): void {
    if (this.#begun) return
    this.#begun = true
    const messageMetadata: UiMetadata = { ...this.#turn, status }
    this.#send({ type: 'start', messageId: this.#turn.turnId, messageMetadata })
    if (this.#answered) this.#continue(parts, this.#answered)
  }

  /** Steps are journaled whole: the client has the whole asking step except the pending calls behind the question. */
  #continue(parts: readonly Part[], answered: ReadonlySet<string>): void {
    const isAnswered = (part: Part) => part.type === 'tool_call' && answered.has(part.tool_call.id)
    const first = parts.findIndex(isAnswered)
    const step = parts[first]?.step
    if (step === undefined) return
    this.#step = step
    this.#changes.assume(
      parts.map((part, place) => {
        if (part.type !== 'tool_call') return part.step <= step ? part : undefined
        if (!isAnswered(part)) return place < first ? part : undefined
        return { ...part, tool_call: { ...part.tool_call, status: 'awaiting_approval' as const } }
      }),
    )
  }

  #show(change: Change): void {
    if (change.type === 'call') this.#call(change)
    else if (change.type === 'restarted') this.#restart()
    else {
      const { type: kind, step, place, delta } = change
      this.#enter(step)
      if (this.#open?.place !== place || this.#open.kind !== kind) this.#openPart(kind, place)
      this.#send({ type: `${kind}-delta`, id: this.#open?.id, delta })
    }
  }

  #openPart(kind: 'text' | 'reasoning', place: number): void {
    this.#close()
    const times = (this.#opened.get(place) ?? 0) + 1
    this.#opened.set(place, times)
    const id = `${kind === 'text' ? 't' : 'r'}${place}${times > 1 ? `.${times}` : ''}`
    this.#open = { place, kind, id }
    this.#send({ type: `${kind}-start`, id })
  }

  #close(): void {
    if (this.#open) this.#send({ type: `${this.#open.kind}-end`, id: this.#open.id })
    this.#open = undefined
  }

  #enter(step: number): void {
    if (this.#step === step) return
    this.#leave()
    this.#step = step
    this.#send({ type: 'start-step' })
  }

  #leave(): void {
    this.#close()
    if (this.#step !== undefined) this.#send({ type: 'finish-step' })
    this.#step = undefined
  }

  /** The client discards its current step, including open parts. */
  #restart(): void {
    this.#open = undefined
    this.#opened.clear()
    this.#send({ type: 'reset-step' })
    this.#attempt += 1
    this.#tell({ attempt: this.#attempt })
  }

  #call({ step, call, was: shownAs }: CallChange): void {
    // A pending call behind a question is held back: the client does not send the answer while a call is open.
    if (call.status === 'pending' && this.#asked === step) {
      this.#held.add(call.id)
      return
    }
    const was = this.#held.delete(call.id) ? undefined : shownAs
    if (was === undefined) {
      this.#enter(step)
      this.#close()
      const { id: toolCallId, name: toolName, arguments: input } = call
      this.#send({
        type: 'tool-input-available',
        toolCallId,
        toolName,
        input,
        toolMetadata: toolMetadataOf(call),
      })
    }
    this.#asked = call.status === 'awaiting_approval' ? step : this.#asked
    for (const chunk of this.#chunksOf(call, was)) this.#send(chunk)
  }

  *#chunksOf(call: CallChange['call'], was: ToolCallStatus | undefined): Generator<Chunk> {
    const became = uiStateOf(call)
    const ids = { approvalId: approvalIdOf(call), toolCallId: call.id }
    const isAboutApproval = became.state.startsWith('approval') || became.state === 'output-denied'
    if (isAboutApproval && was !== 'awaiting_approval') yield { type: 'tool-approval-request', ...ids }
    const response = { type: 'tool-approval-response', approvalId: ids.approvalId }
    switch (became.state) {
      case 'approval-responded':
        return yield { ...response, approved: true }
      case 'output-denied': {
        const { state, ...why } = became
        yield { ...response, approved: false, ...why }
        return yield { type: `tool-${state}`, toolCallId: call.id }
      }
      case 'output-available':
      case 'output-error': {
        const { state, ...outcome } = became
        yield { type: `tool-${state}`, toolCallId: call.id, ...outcome, toolMetadata: toolMetadataOf(call) }
      }
    }
  }

  /** Sends what an event contains besides the answer itself. */
  #mark(event: TurnEvent): void {
    switch (event.type) {
      case 'turn.started':
        if (this.#begun) this.#tell({ status: 'running' })
        break
      case 'step.finished':
        if (this.#step === event.step) this.#leave()
        this.#tell({ usage: event.usage })
        break
      case 'conversation.updated': {
        const { conversation_id: conversationId, title } = event
        this.#send({ type: 'data-conversation', data: { conversationId, title }, transient: true })
        break
      }
      case 'turn.completed':
      case 'turn.failed':
      case 'turn.cancelled':
        this.#end(event)
    }
  }

  #end(event: EndEvent): void {
    if (event.status === 'completed') this.#settle(event)
    this.#leave()
    const { status, usage, context, error, message_id } = event
    const messageMetadata: UiMetadata = {
      status,
      usage,
      ...(context ? { context } : {}),
      ...(message_id ? { messageId: message_id } : {}),
      ...(error ? { error } : {}),
    }
    if (status === 'failed' || status === 'cancelled') {
      this.#tell(messageMetadata)
      if (status === 'cancelled') this.#send({ type: 'abort', reason: 'cancelled' })
      else this.#send({ type: 'error', errorText: error?.detail ?? 'The answer failed' })
    } else {
      const finishReason = status === 'awaiting_approval' ? 'tool-calls' : 'stop'
      this.#send({ type: 'finish', finishReason, messageMetadata })
    }
    this.#frames += 'data: [DONE]\n\n'
  }

  /**
   * A call approved by the next message runs in that message's turn; if it stayed "responded" here, the client would
   * post again and again.
   */
  #settle({ tool_calls }: TurnOutcome): void {
    for (const call of tool_calls) {
      if (call.status !== 'approved') continue
      const toolMetadata = toolMetadataOf(call)
      this.#send({ type: 'tool-output-available', toolCallId: call.id, output: null, toolMetadata })
    }
  }

  #tell(messageMetadata: UiMetadata): void {
    this.#send({ type: 'message-metadata', messageMetadata })
  }

  #send(chunk: Chunk): void {
    this.#frames += `data: ${JSON.stringify(chunk)}\n\n`
  }
}

const deltaFrame = (event: { delta: string }, id: string) =>
  `data: ${JSON.stringify({ type: 'text-delta', id, delta: event.delta })}\n\n`
