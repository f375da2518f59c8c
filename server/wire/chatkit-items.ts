import type { Json, Part, ToolCall } from '../turns/event.ts'
import { inOrderOfTelling } from './answer-changes.ts'
import { fencedJson } from './text.ts'
import { uiStateOf } from './ui-tool-call.ts'

/**
 * A conversation as a ChatKit thread with its items. An item's id consists of its turn and its place in it, so that a
 * stream and the history agree without stored ids. Members without a value are omitted: the protocol has no null.
 */

export interface ChatKitPage<Row> {
  data: Row[]
  has_more: boolean
  /** Present only with `has_more`. */
  after?: string
}

export interface ChatKitThread {
  id: string
  title: string
  created_at: string
  status: { type: 'active' }
  metadata: Record<string, never>
  items: ChatKitPage<ChatKitItem>
}

interface OfThread {
  id: string
  thread_id: string
  created_at: string
}

export interface ChatKitText {
  type: 'output_text'
  text: string
  annotations: never[]
}

export type ChatKitTask =
  | { type: 'custom'; title: string; content: string; status_indicator: 'none' | 'loading' | 'complete' }
  | { type: 'thought'; content: string; status_indicator: 'complete' }

export interface ChatKitWorkflow {
  type: 'custom' | 'reasoning'
  tasks: ChatKitTask[]
  expanded: false
}

export type ChatKitItem = OfThread &
  (
    | {
        type: 'user_message'
        content: { type: 'input_text'; text: string }[]
        attachments: never[]
        inference_options: Record<string, never>
      }
    | { type: 'assistant_message'; content: ChatKitText[] }
    | { type: 'workflow'; workflow: ChatKitWorkflow }
    | { type: 'widget'; widget: { [member: string]: Json } }
  )

/** What an item needs to know of its turn. */
export interface ChatKitTurn {
  threadId: string
  turnId: string
  createdAt: string
}

export const threadIdOf = (conversationId: string) => `thr_${conversationId}`
export const userItemId = (turnId: string) => `msg_${turnId}`
export const textItemId = (turnId: string, place: number) => `msg_${turnId}_${place}`
export const thoughtItemId = (turnId: string, place: number) => `rs_${turnId}_${place}`
export const workflowItemId = (turnId: string, step: number) => `wf_${turnId}_${step}`

const uuid = '([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})'
const ofThread = new RegExp(`^thr_${uuid}$`)
const ofItem = new RegExp(`^(msg|rs|wf)_${uuid}(?:_(\\d{1,9}))?$`)

/** Undefined for ids that are not ours. */
export const conversationIn = (threadId: string): string | undefined => ofThread.exec(threadId)?.[1]

export function turnIn(itemId: string): { turnId: string; isOfUser: boolean } | undefined {
  const [, kind, turnId, place] = ofItem.exec(itemId) ?? []
  if (turnId === undefined || (kind !== 'msg' && place === undefined)) return undefined
  return { turnId, isOfUser: place === undefined }
}

const bare = (id: string, { threadId: thread_id, createdAt: created_at }: ChatKitTurn): OfThread => ({
  id,
  thread_id,
  created_at,
})

/** Null: a reminder answers no message. */
export const userItemsOf = (turn: ChatKitTurn, text: string | null): ChatKitItem[] =>
  text === null
    ? []
    : [
        {
          ...bare(userItemId(turn.turnId), turn),
          type: 'user_message',
          content: [{ type: 'input_text', text }],
          attachments: [],
          inference_options: {},
        },
      ]

export const textOf = (text: string): ChatKitText => ({ type: 'output_text', text, annotations: [] })

export const textItem = (turn: ChatKitTurn, place: number, text?: string): ChatKitItem => ({
  ...bare(textItemId(turn.turnId, place), turn),
  type: 'assistant_message',
  content: text === undefined ? [] : [textOf(text)],
})

export const thoughtTask = (content: string): ChatKitTask => ({
  type: 'thought',
  content,
  status_indicator: 'complete',
})

export const thoughtItem = (turn: ChatKitTurn, place: number, text?: string): ChatKitItem => ({
  ...bare(thoughtItemId(turn.turnId, place), turn),
  type: 'workflow',
  workflow: { type: 'reasoning', tasks: text === undefined ? [] : [thoughtTask(text)], expanded: false },
})

/** The tool calls of a step. */
export function workflowItem(turn: ChatKitTurn, step: number, calls: readonly ToolCall[]): ChatKitItem {
  const asks = calls.some(isAsking)
  const tasks = calls.map(call => callTask(call, asks))
  return {
    ...bare(workflowItemId(turn.turnId, step), turn),
    type: 'workflow',
    workflow: { type: 'custom', tasks, expanded: false },
  }
}

export const isAsking = ({ status }: ToolCall) => status === 'awaiting_approval'

/** `asks`: the step has an open question, so its pending calls do not show as running. */
export function callTask(call: ToolCall, asks: boolean): ChatKitTask {
  const moves = call.status === 'started' || (call.status === 'pending' && !asks)
  return {
    type: 'custom',
    title: wordsOf(call.name),
    content: [fencedJson(call.arguments), ...outcomeOf(call)].join('\n\n'),
    status_indicator: call.status === 'completed' ? 'complete' : moves ? 'loading' : 'none',
  }
}

const wordsOf = (name: string) => name.replaceAll('_', ' ')

/** The component renders Markdown, so anything that may contain user text is fenced. */
function outcomeOf(call: ToolCall): string[] {
  const is = uiStateOf(call)
  switch (is.state) {
    case 'output-available':
      return [fencedJson(is.output)]
    case 'output-error':
      return [fencedJson(is.errorText)]
    case 'output-denied':
      return ['Refused.']
    case 'approval-responded':
      return ['Allowed.']
    default:
      return []
  }
}

export const approve = 'tool_call.approve'
export const refuse = 'tool_call.refuse'

/** The approval question of a call; it exists only while the question is open. */
export function askItem(turn: ChatKitTurn, place: number, call: ToolCall): ChatKitItem {
  const answer = (label: string, type: string) => {
    const payload = { tool_call_id: call.id }
    return { label, action: { type, payload, handler: 'server', loadingBehavior: 'auto', streaming: true } }
  }
  return cardOf(turn, place, {
    children: questionOf(call),
    confirm: answer('Allow', approve),
    cancel: answer('Refuse', refuse),
  })
}

/** The same question once answered. */
export const settledItem = (turn: ChatKitTurn, place: number, call: ToolCall): ChatKitItem =>
  cardOf(turn, place, { children: questionOf(call) })

const cardOf = (turn: ChatKitTurn, place: number, card: Record<string, Json>): ChatKitItem => ({
  ...bare(textItemId(turn.turnId, place), turn),
  type: 'widget',
  widget: { type: 'Card', ...card },
})

const questionOf = (call: ToolCall): Json[] => [
  { type: 'Text', value: `Allow: ${wordsOf(call.name)}?` },
  { type: 'Caption', value: JSON.stringify(call.arguments) },
]

/** An answer's items in the order they are sent: a step's texts, its calls, its questions. */
export function answerItemsOf(turn: ChatKitTurn, parts: readonly Part[]): ChatKitItem[] {
  const told = inOrderOfTelling(parts)
  return [...new Set(told.map(({ part }) => part.step))].flatMap(step => {
    const own = told.filter(({ part }) => part.step === step)
    const calls = own.flatMap(({ part, place }) =>
      part.type === 'tool_call' ? [{ call: part.tool_call, place }] : [],
    )
    const texts = own.flatMap(({ part, place }) => {
      if (part.type === 'tool_call' || !part.text) return []
      return part.type === 'text' ? textItem(turn, place, part.text) : thoughtItem(turn, place, part.text)
    })
    const shown = calls.map(({ call }) => call)
    return [
      ...texts,
      ...(calls.length > 0 ? [workflowItem(turn, step, shown)] : []),
      ...calls.flatMap(({ call, place }) => (isAsking(call) ? [askItem(turn, place, call)] : [])),
    ]
  })
}
