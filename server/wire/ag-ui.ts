import type { Part, TurnEvent, TurnOutcome } from '../turns/event.ts'
import {
  type AgUiMessage,
  agUiMessagesOf,
  argumentsOf,
  reasoningId,
  resultId,
  resultOf,
  stepMessageId,
  stepOfMessage,
} from './ag-ui-messages.ts'
import { type AgUiEvent, type AgUiRun, agUiFrame, agUiVersion, endOf } from './ag-ui-run.ts'
import { AnswerChanges, type Change } from './answer-changes.ts'
import { createFrameSharing, type FrameSharing } from './frames.ts'
import type { UiTurn } from './ui-metadata.ts'

/** Turn events as AG-UI 1.0: `docs/protocols/ag-ui.md`. */

/** Encoders of one process; each connection opens its own. */
export function createAgUiEncoding() {
  const sharing = createFrameSharing()
  return (turn: UiTurn, run: AgUiRun) => {
    const encoder = new AgUiEncoder(turn, run, sharing)
    return (event: TurnEvent) => encoder.encode(event)
  }
}

type Snapshot = Extract<TurnEvent, { type: 'turn.snapshot' }>
type CallChange = Extract<Change, { type: 'call' }>
type Open = { kind: 'text' | 'reasoning'; id: string; place: number }

class AgUiEncoder {
  readonly #turn: UiTurn
  readonly #run: AgUiRun
  readonly #sharing: FrameSharing
  readonly #changes = new AnswerChanges()
  #frames: (string | Promise<string>)[] = []
  #begun = false
  #wasOver = false
  #step: number | undefined
  #open: Open | undefined
  /** The attempt that this client sees each step at, if later than the first. */
  readonly #attempts = new Map<number, number>()
  readonly #reasoned = new Set<string>()

  constructor(turn: UiTurn, run: AgUiRun, sharing: FrameSharing) {
    this.#turn = turn
    this.#run = run
    this.#sharing = sharing
    for (const id of run.has) {
      const named = stepOfMessage(id)
      if (named?.turnId === turn.turnId && named.attempt > 1) this.#attempts.set(named.step, named.attempt)
    }
  }

  encode(event: TurnEvent): Uint8Array | Promise<Uint8Array> {
    const open = this.#open
    if (event.type === 'text.delta' && open?.place === event.part && open.kind === 'text') {
      this.#changes.of(event)
      return this.#sharing.encode(event, open.id, contentFrame)
    }
    if (event.type === 'turn.snapshot' && !this.#begun) this.#begin(event)
    const parts = event.type === 'turn.snapshot' ? event.parts : []
    for (const change of this.#changes.of(event)) this.#show(change, parts)
    this.#mark(event)
    const frames = this.#frames
    this.#frames = []
    if (frames.every(frame => typeof frame === 'string')) return this.#sharing.bytesOf(frames.join(''))
    return Promise.all(frames).then(all => this.#sharing.bytesOf(all.join('')))
  }

  #begin({ status, parts }: Snapshot): void {
    this.#begun = true
    this.#wasOver = status !== 'running' && status !== 'queued'
    const { threadId, runId, connects, has, answered } = this.#run
    const metadata = { colloquy: { ...this.#turn, assistantMessageId: this.#turn.turnId, status } }
    this.#send({ type: 'RUN_STARTED', threadId, runId, protocolVersion: agUiVersion, metadata })
    const asking = Math.max(
      -1,
      ...parts.flatMap(part => (answered && isOneOf(part, answered) ? [part.step] : [])),
    )
    const last = Math.max(-1, ...[...has].map(id => this.#stepIn(id)))
    if (asking >= 0 && last <= asking) this.#changes.assume(parts.map(part => knownOf(part, asking, has)))
    else if (connects || last >= 0) this.#restate(parts)
  }

  /** The step of this turn that a client's message shows; -1: none. */
  #stepIn(id: string): number {
    const named = stepOfMessage(id)
    return named?.turnId === this.#turn.turnId ? named.step : -1
  }

  /** Restates everything journaled; the running step follows it as ordinary events. */
  #restate(parts: readonly Part[]): void {
    const written = new Set(parts.flatMap(part => (part.type === 'tool_call' ? [part.step] : [])))
    const settled = parts.map(part => (this.#wasOver || written.has(part.step) ? part : undefined))
    this.#changes.assume(settled)
    this.#snapshot(parts.map((part, place) => settled[place] ?? { ...part, type: 'text', text: '' }))
  }

  #snapshot(parts: readonly Part[], more: AgUiMessage[] = [], metadata?: object): void {
    const own = [...agUiMessagesOf(parts, step => this.#idOf(step)), ...more]
    const restated = this.#run.loadThread().then(thread =>
      agUiFrame({
        type: 'MESSAGES_SNAPSHOT',
        messages: [...thread, ...own],
        ...(metadata ? { metadata } : {}),
      }),
    )
    this.#frames.push(restated)
  }

  #idOf(step: number): string {
    return stepMessageId(this.#turn.turnId, step, this.#attempts.get(step))
  }

  #show(change: Change, parts: readonly Part[]): void {
    if (change.type === 'call') this.#call(change)
    else if (change.type === 'restarted') this.#restart(change.step, parts)
    else {
      const { type: kind, step, place, delta } = change
      this.#enter(step)
      if (this.#open?.place !== place || this.#open.kind !== kind) this.#openPart(kind, step, place)
      const messageId = this.#open?.id
      const type = kind === 'text' ? 'TEXT_MESSAGE_CONTENT' : 'REASONING_MESSAGE_CONTENT'
      this.#send({ type, messageId, delta })
    }
  }

  #openPart(kind: Open['kind'], step: number, place: number): void {
    this.#close()
    const messageId = kind === 'text' ? this.#idOf(step) : reasoningId(this.#idOf(step), place)
    this.#open = { kind, id: messageId, place }
    if (kind === 'text') {
      this.#send({ type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' })
      return
    }
    this.#reasoned.add(messageId)
    this.#send({ type: 'REASONING_START', messageId })
    this.#send({ type: 'REASONING_MESSAGE_START', messageId, role: 'reasoning' })
  }

  #close(): void {
    const open = this.#open
    this.#open = undefined
    if (open?.kind === 'text') this.#send({ type: 'TEXT_MESSAGE_END', messageId: open.id })
    if (open?.kind !== 'reasoning') return
    this.#send({ type: 'REASONING_MESSAGE_END', messageId: open.id })
    this.#send({ type: 'REASONING_END', messageId: open.id })
  }

  #enter(step: number): void {
    if (this.#step === step) return
    this.#leave()
    this.#step = step
    this.#send({ type: 'STEP_STARTED', stepName: `step-${step}` })
  }

  #leave(metadata?: object): void {
    this.#close()
    if (this.#step !== undefined)
      this.#send({ type: 'STEP_FINISHED', stepName: `step-${this.#step}`, ...(metadata ? { metadata } : {}) })
    this.#step = undefined
  }

  /**
   * An order of events that every client handles: a new closed message, the thread without the void parts, then its
   * text.
   */
  #restart(step: number, parts: readonly Part[]): void {
    this.#close()
    const stale = this.#idOf(step)
    const attempt = (this.#attempts.get(step) ?? 1) + 1
    this.#attempts.set(step, attempt)
    const id = this.#idOf(step)
    this.#send({ type: 'TEXT_MESSAGE_START', messageId: id, role: 'assistant' })
    this.#send({ type: 'TEXT_MESSAGE_END', messageId: id })
    const emptied = [...this.#reasoned]
      .filter(reasoned => reasoned.startsWith(`${stale}:r`))
      .map((reasoned): AgUiMessage => ({ id: reasoned, role: 'reasoning', content: '' }))
    const more: AgUiMessage[] = [...emptied, { id, role: 'assistant', content: '' }]
    this.#snapshot(
      parts.map(part => (part.step < step ? part : { type: 'text', step: part.step, text: '' })),
      more,
      { colloquy: { restarted: attempt } },
    )
  }

  #call({ step, call, was }: CallChange): void {
    if (was === undefined) {
      this.#enter(step)
      this.#close()
      const toolCallId = call.id
      const parentMessageId = this.#idOf(step)
      this.#send({ type: 'TOOL_CALL_START', toolCallId, toolCallName: call.name, parentMessageId })
      this.#send({ type: 'TOOL_CALL_ARGS', toolCallId, delta: argumentsOf(call) })
      this.#send({ type: 'TOOL_CALL_END', toolCallId })
    }
    const result = resultOf(call)
    if (!result) return
    this.#send({
      type: 'TOOL_CALL_RESULT',
      messageId: resultId(call),
      toolCallId: call.id,
      role: 'tool',
      ...result,
    })
  }

  #mark(event: TurnEvent): void {
    if (event.type === 'step.finished') {
      if (this.#step === event.step) this.#leave({ colloquy: { usage: event.usage } })
    } else if (event.type === 'conversation.updated') {
      this.#send({ type: 'CUSTOM', name: 'colloquy.conversation.updated', value: { title: event.title } })
    } else if ('response' in event) this.#end(event)
  }

  #end(outcome: TurnOutcome): void {
    this.#leave()
    this.#send(endOf(this.#run, outcome, this.#wasOver))
  }

  #send(event: AgUiEvent): void {
    this.#frames.push(agUiFrame(event))
  }
}

const isOneOf = (part: Part, ids: ReadonlySet<string>) =>
  part.type === 'tool_call' && ids.has(part.tool_call.id)

/** What a client that was asked already has: everything up to that step; calls without a result count as pending. */
function knownOf(part: Part, asking: number, has: ReadonlySet<string>): Part | undefined {
  if (part.step > asking || part.type !== 'tool_call') return part.step > asking ? undefined : part
  const call = part.tool_call
  return has.has(resultId(call)) ? part : { ...part, tool_call: { ...call, status: 'pending' } }
}

const contentFrame = ({ delta }: { delta: string }, messageId: string) =>
  `data: ${JSON.stringify({ type: 'TEXT_MESSAGE_CONTENT', messageId, delta })}\n\n`
