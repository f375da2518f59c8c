import type { Json, Part, ToolCall } from '../turns/event.ts'
import { inOrderOfTelling } from './answer-changes.ts'

/**
 * A conversation as AG-UI messages: one assistant message per step, with its reasoning before and its tool results
 * after it.
 */
export type AgUiMessage =
  | { id: string; role: 'user'; content: string }
  | { id: string; role: 'reasoning'; content: string }
  | { id: string; role: 'assistant'; content?: string; toolCalls?: AgUiToolCall[] }
  | { id: string; role: 'tool'; toolCallId: string; content: string; metadata?: object }

interface AgUiToolCall {
  id: string
  type: 'function'
  function: { name: string; arguments: string }
}

/** Each step has its own message id: the client would join text before and after a tool call under one id. */
export const stepMessageId = (turnId: string, step: number, attempt = 1) =>
  `${turnId}${step === 1 ? '' : `:${step}`}${attempt > 1 ? `~${attempt}` : ''}`

export const reasoningId = (messageId: string, place: number) => `${messageId}:r${place}`

export interface NamedStep {
  turnId: string
  step: number
  attempt: number
}

/** The step that an assistant message's id names; undefined for ids that are not ours. */
export function stepOfMessage(id: string): NamedStep | undefined {
  const [, turnId, step = '1', attempt = '1'] = ofStep.exec(id) ?? []
  return turnId === undefined ? undefined : { turnId, step: Number(step), attempt: Number(attempt) }
}

const ofStep = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?::(\d{1,9}))?(?:~(\d{1,9}))?$/

/**
 * For steps that a client has under the id of a later attempt: the attempt, keyed by the id of the first. A restated
 * thread keeps that id.
 */
export function attemptsIn(ids: Iterable<string>): Map<string, number> {
  const attempts = new Map<string, number>()
  for (const id of ids) {
    const named = stepOfMessage(id)
    if (named && named.attempt > 1) attempts.set(stepMessageId(named.turnId, named.step), named.attempt)
  }
  return attempts
}

export const argumentsOf = (call: ToolCall) => JSON.stringify(call.arguments)

/** A call's outcome as the text that AG-UI requires; undefined while there is none. */
export function resultOf(call: ToolCall): { content: string; metadata?: object } | undefined {
  const { status, result } = call
  const marked = (content: Json) => ({ content: textOf(content), metadata: { colloquy: { status } } })
  switch (status) {
    case 'completed':
      return { content: textOf(result) }
    case 'failed':
      return marked(result)
    case 'unknown':
      return marked({ error: 'The outcome of this tool call is unknown.' })
    case 'denied':
      return marked({ error: 'The user said no; nothing was done.' })
    case 'dropped':
      return marked({ error: 'This tool call was not carried out.' })
    default:
      return undefined
  }
}

const textOf = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value))

export const resultId = (call: ToolCall) => `${call.id}:result`

export function agUiMessagesOf(parts: readonly Part[], idOf: (step: number) => string): AgUiMessage[] {
  const told = inOrderOfTelling(parts)
  return [...new Set(told.map(({ part }) => part.step))].flatMap(step => {
    const id = idOf(step)
    const reasoning: AgUiMessage[] = []
    const results: AgUiMessage[] = []
    const toolCalls: AgUiToolCall[] = []
    let content = ''
    for (const { part, place } of told) {
      if (part.step !== step) continue
      if (part.type === 'text') content += part.text
      else if (part.type === 'reasoning') {
        if (part.text) reasoning.push({ id: reasoningId(id, place), role: 'reasoning', content: part.text })
      } else {
        const call = part.tool_call
        toolCalls.push({
          id: call.id,
          type: 'function',
          function: { name: call.name, arguments: argumentsOf(call) },
        })
        const result = resultOf(call)
        if (result) results.push({ id: resultId(call), role: 'tool', toolCallId: call.id, ...result })
      }
    }
    const said: AgUiMessage = {
      id,
      role: 'assistant',
      ...(content ? { content } : {}),
      ...(toolCalls.length > 0 ? { toolCalls } : {}),
    }
    return [...reasoning, ...(content || toolCalls.length > 0 ? [said] : []), ...results]
  })
}
