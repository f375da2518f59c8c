import type { Part, ToolCall, TurnEvent, TurnOutcome } from '../turns/event.ts'
import { AnswerChanges, type Change } from './answer-changes.ts'
import { type ChatKitEvent, chatKitFrame } from './chatkit-events.ts'
import {
  askItem,
  type ChatKitThread,
  type ChatKitTurn,
  callTask,
  isAsking,
  textItemId,
  userItemId,
  workflowItem,
  workflowItemId,
} from './chatkit-items.ts'
import { ChatKitTexts, deltaEvent } from './chatkit-texts.ts'
import { createFrameSharing, type FrameSharing } from './frames.ts'

/** Encodes turn events as a ChatKit stream: `docs/protocols/chatkit.md`. */

export interface ChatKitRun extends ChatKitTurn {
  /** The thread as sent when its title changes. */
  thread: ChatKitThread
  /** Events sent before the answer. */
  opening: readonly ChatKitEvent[]
  /** Calls whose question the client has just answered: it already has the answer up to there. */
  answered?: ReadonlySet<string> | undefined
}

/** Creates the encoders of one process; each connection opens its own. */
export function createChatKitEncoding() {
  const sharing = createFrameSharing()
  return (run: ChatKitRun) => {
    const encoder = new ChatKitEncoder(run, sharing)
    return (event: TurnEvent) => encoder.encode(event)
  }
}

type TextChange = Extract<Change, { delta: string }>
type CallChange = Extract<Change, { type: 'call' }>
type Snapshot = Extract<TurnEvent, { type: 'turn.snapshot' }>

interface ShownWorkflow {
  step: number
  id: string
  /** Keyed by place. */
  calls: Map<number, ToolCall>
  isDone: boolean
}

class ChatKitEncoder {
  readonly #run: ChatKitRun
  readonly #sharing: FrameSharing
  readonly #changes = new AnswerChanges()
  #frames = ''
  #begun = false
  #step: number | undefined
  readonly #texts: ChatKitTexts
  readonly #workflows = new Map<number, ShownWorkflow>()
  /** Places of the calls whose question is currently shown. */
  readonly #asked = new Set<number>()
  readonly #shown: { id: string; step: number }[] = []

  constructor(run: ChatKitRun, sharing: FrameSharing) {
    this.#run = run
    this.#sharing = sharing
    this.#texts = new ChatKitTexts(run, event => this.#send(event))
  }

  encode(event: TurnEvent): Uint8Array {
    const grown = event.type === 'text.delta' && this.#texts.grow(event.part, event.delta)
    if (grown) {
      this.#changes.of(event)
      return this.#sharing.encode(event, grown, deltaFrame)
    }
    if (event.type === 'turn.snapshot') this.#begin(event)
    for (const change of this.#changes.of(event)) this.#show(change)
    this.#mark(event)
    const frames = this.#frames
    this.#frames = ''
    return this.#sharing.bytesOf(frames)
  }

  #begin({ status, parts }: Snapshot): void {
    if (this.#begun) return
    this.#begun = true
    for (const event of this.#run.opening) this.#send(event)
    if (status === 'queued')
      this.#send({ type: 'progress_update', text: 'Waiting for the answer before this one' })
    if (this.#run.answered) this.#continue(parts, this.#run.answered)
  }

  /** The client has everything up to the step that asked, with the answered calls still shown as questions. */
  #continue(parts: readonly Part[], answered: ReadonlySet<string>): void {
    const step = parts.find(part => part.type === 'tool_call' && answered.has(part.tool_call.id))?.step
    if (step === undefined) return
    this.#step = step
    const known = parts.map((part): Part | undefined => {
      if (part.step > step) return undefined
      if (part.type !== 'tool_call' || !answered.has(part.tool_call.id)) return part
      return { ...part, tool_call: { ...part.tool_call, status: 'awaiting_approval' } }
    })
    this.#changes.assume(known)
    known.forEach((part, place) => {
      if (part?.type !== 'tool_call') return
      const workflow = this.#workflowOf(part.step)
      workflow.isDone = true
      workflow.calls.set(place, part.tool_call)
      if (isAsking(part.tool_call)) this.#asked.add(place)
    })
  }

  #show(change: Change): void {
    if (change.type === 'call') this.#call(change)
    else if (change.type === 'restarted') this.#restart(change.step)
    else this.#say(change)
  }

  #say(change: TextChange): void {
    this.#enter(change.step)
    const id = this.#texts.say(change)
    if (id) this.#shown.push({ id, step: change.step })
  }

  #enter(step: number): void {
    if (this.#step === step) return
    this.#leave()
    this.#step = step
  }

  /** Closes the step's items; its questions come last. */
  #leave(): void {
    this.#texts.close()
    this.#texts.forget()
    const workflow = this.#step === undefined ? undefined : this.#workflows.get(this.#step)
    if (!workflow || workflow.isDone) return
    workflow.isDone = true
    this.#send({ type: 'thread.item.done', item: this.#workflowItemOf(workflow) })
    for (const [place, call] of workflow.calls) {
      if (!isAsking(call)) continue
      this.#asked.add(place)
      this.#shown.push({ id: textItemId(this.#run.turnId, place), step: workflow.step })
      this.#send({ type: 'thread.item.done', item: askItem(this.#run, place, call) })
    }
  }

  /** Parts that were not journaled are void; they are sent again under the same ids. */
  #restart(step: number): void {
    this.#texts.forget()
    for (const workflow of [...this.#workflows.values()])
      if (workflow.step >= step) this.#workflows.delete(workflow.step)
    const isVoid = (item: { step: number }) => item.step >= step
    for (const { id } of this.#shown.filter(isVoid)) this.#send({ type: 'thread.item.removed', item_id: id })
    this.#shown.splice(0, this.#shown.length, ...this.#shown.filter(item => !isVoid(item)))
  }

  #workflowOf(step: number): ShownWorkflow {
    const known = this.#workflows.get(step)
    if (known) return known
    const id = workflowItemId(this.#run.turnId, step)
    const workflow = { step, id, calls: new Map(), isDone: false }
    this.#workflows.set(step, workflow)
    this.#shown.push({ id, step })
    return workflow
  }

  #workflowItemOf({ step, calls }: ShownWorkflow) {
    return workflowItem(this.#run, step, [...calls.values()])
  }

  #call({ step, place, call, was }: CallChange): void {
    if (was === undefined) {
      this.#enter(step)
      this.#texts.close()
    }
    const isFirst = !this.#workflows.has(step)
    const workflow = this.#workflowOf(step)
    if (isFirst) this.#send({ type: 'thread.item.added', item: this.#workflowItemOf(workflow) })
    workflow.calls.set(place, call)
    if (!isAsking(call) && this.#asked.delete(place))
      this.#send({ type: 'thread.item.removed', item_id: textItemId(this.#run.turnId, place) })
    if (workflow.isDone) {
      this.#send({ type: 'thread.item.replaced', item: this.#workflowItemOf(workflow) })
      return
    }
    const asks = [...workflow.calls.values()].some(isAsking)
    for (const [task_index, [at, each]] of [...workflow.calls].entries()) {
      // Pending calls behind a new question no longer show as running.
      if (at !== place && !(isAsking(call) && each.status === 'pending')) continue
      const type = `workflow.task.${at === place && was === undefined ? 'added' : 'updated'}` as const
      const update = { type, task_index, task: callTask(each, asks) }
      this.#send({ type: 'thread.item.updated', item_id: workflow.id, update })
    }
  }

  /** Sends what an event contains besides the answer itself. */
  #mark(event: TurnEvent): void {
    if (event.type === 'step.finished') {
      if (this.#step === event.step) this.#leave()
    } else if (event.type === 'conversation.updated') {
      this.#send({ type: 'thread.updated', thread: { ...this.#run.thread, title: event.title } })
    } else if ('response' in event) this.#end(event)
  }

  #end({ status, tool_calls, message_id, error }: TurnOutcome): void {
    this.#settle(tool_calls)
    this.#leave()
    if (status === 'failed') {
      const message = error?.detail ?? 'The answer failed'
      this.#send({ type: 'error', code: 'stream.error', message, allow_retry: true })
    }
    if (status !== 'cancelled') return
    // Cancelled before it started: the message is in no version of the conversation.
    if (message_id === null)
      this.#send({ type: 'thread.item.removed', item_id: userItemId(this.#run.turnId) })
    this.#send({ type: 'notice', level: 'info', message: 'Stopped' })
  }

  /** The end of the turn closes calls that were never carried out. */
  #settle(calls: readonly ToolCall[]): void {
    for (const { step, calls: shown } of this.#workflows.values()) {
      for (const [place, { id, status: was }] of shown) {
        const call = calls.find(each => each.id === id)
        if (call && call.status !== was) this.#call({ type: 'call', step, place, call, was })
      }
    }
  }

  #send(event: ChatKitEvent): void {
    this.#frames += chatKitFrame(event)
  }
}

const deltaFrame = (event: { delta: string }, id: string) => chatKitFrame(deltaEvent(event, id))
