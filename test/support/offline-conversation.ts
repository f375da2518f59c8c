import type {
  LanguageModelV4CallOptions,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
  LanguageModelV4ToolResultOutput,
} from '@ai-sdk/provider'
import { createOfflineModel } from '../../server/agent/offline/model.ts'
import { confirmsItself, verdictOf } from '../../server/agent/verdict.ts'
import { type Seed, TaskList, type ToolName, toolNames } from './task-tools.ts'

/** Plays a conversation with the built-in model as the engine would: steps, tools, approval, history. */

export interface PlayedCall {
  id: string
  name: ToolName
  arguments: Record<string, unknown>
  status: 'completed' | 'failed' | 'awaiting_approval'
}

export interface PlayedTurn {
  response: string
  calls: PlayedCall[]
  status: 'completed' | 'awaiting_approval'
}

interface Settled {
  call: PlayedCall
  output: LanguageModelV4ToolResultOutput
}

export const NOW = '2026-11-22T10:00:00.000Z' // a Sunday

const model = createOfflineModel({ delayMs: 0 })
const tools = toolNames.map(name => ({ type: 'function' as const, name, inputSchema: {} }))
const STEP_LIMIT = 12

const isFailure = (result: Record<string, unknown>) => 'error' in result

// Results are JSON, and the list above contains nothing else.
const outputOf = (result: Record<string, unknown>): LanguageModelV4ToolResultOutput =>
  ({ type: isFailure(result) ? 'error-json' : 'json', value: result }) as LanguageModelV4ToolResultOutput

export async function partsOf(
  prompt: LanguageModelV4Prompt,
  options: Partial<LanguageModelV4CallOptions> = {},
): Promise<LanguageModelV4StreamPart[]> {
  const { stream } = await model.doStream({
    prompt,
    tools,
    providerOptions: { colloquy: { now: NOW, time_zone: 'UTC', locale: 'en-GB' } },
    ...options,
  })
  const parts: LanguageModelV4StreamPart[] = []
  for await (const part of stream) parts.push(part)
  return parts
}

export class Conversation {
  readonly list: TaskList
  readonly prompt: LanguageModelV4Message[] = [{ role: 'system', content: 'You are a task assistant.' }]
  #pending: PlayedCall[] = []
  #message = ''

  constructor(seeds: Seed[] = []) {
    this.list = new TaskList(seeds, NOW)
  }

  async say(message: string): Promise<PlayedTurn> {
    this.#message = message
    const approved = this.#settle(verdictOf(message))
    this.prompt.push({ role: 'user', content: [{ type: 'text', text: message }] })
    const turn: PlayedTurn = { response: '', calls: [], status: 'completed' }
    if (approved.length > 0) this.#carryOut(approved, turn, { approved: true })
    for (let step = 0; step < STEP_LIMIT; step += 1) if (await this.#step(turn)) return turn
    throw new Error(`More than ${STEP_LIMIT} steps for: ${message}`)
  }

  /** Applies the next message to the calls that await approval; returns those to carry out. */
  #settle(verdict: 'yes' | 'no' | 'other'): PlayedCall[] {
    const pending = this.#pending
    this.#pending = []
    if (pending.length === 0) return []
    const reason = verdict === 'no' ? 'denied' : 'dropped'
    const output: LanguageModelV4ToolResultOutput =
      verdict === 'yes'
        ? { type: 'json', value: { status: 'approved' } }
        : { type: 'execution-denied', reason }
    this.#results(pending.map(call => ({ call, output })))
    if (verdict !== 'yes') return []
    return pending.map(call => ({ ...call, id: crypto.randomUUID() }))
  }

  #results(results: Settled[]) {
    const content = results.map(({ call, output }) => ({
      ...{ type: 'tool-result' as const, toolCallId: call.id, toolName: call.name },
      output,
    }))
    this.prompt.push({ role: 'tool', content })
  }

  #carryOut(calls: PlayedCall[], turn: PlayedTurn, { text = '', approved = false } = {}) {
    this.prompt.push({
      role: 'assistant',
      content: [
        ...(text === '' ? [] : [{ type: 'text' as const, text }]),
        ...calls.map(call => ({
          ...{ type: 'tool-call' as const, toolCallId: call.id, toolName: call.name },
          input: call.arguments,
        })),
      ],
    })
    turn.calls.push(...calls)
    const results: Settled[] = []
    for (const [index, call] of calls.entries()) {
      if (!approved && this.#needsApproval(call)) {
        this.#pending = calls.slice(index)
        for (const waiting of this.#pending) waiting.status = 'awaiting_approval'
        turn.status = 'awaiting_approval'
        break
      }
      const result = this.list.run(call.name, call.arguments)
      call.status = isFailure(result) ? 'failed' : 'completed'
      results.push({ call, output: outputOf(result) })
    }
    if (results.length > 0) this.#results(results)
  }

  #needsApproval(call: PlayedCall): boolean {
    return call.name === 'delete_task' && !confirmsItself(this.#message, Number(call.arguments.task_id))
  }

  async #step(turn: PlayedTurn): Promise<boolean> {
    const parts = await partsOf(this.prompt)
    const text = parts.map(part => (part.type === 'text-delta' ? part.delta : '')).join('')
    turn.response = [turn.response, text].filter(Boolean).join('\n\n')
    const calls = parts.flatMap((part): PlayedCall[] =>
      part.type === 'tool-call'
        ? [
            {
              id: part.toolCallId,
              name: nameOf(part.toolName),
              arguments: JSON.parse(part.input),
              status: 'completed',
            },
          ]
        : [],
    )
    if (calls.length > 0) {
      this.#carryOut(calls, turn, { text })
      return turn.status === 'awaiting_approval'
    }
    this.prompt.push({ role: 'assistant', content: [{ type: 'text', text }] })
    return true
  }
}

function nameOf(name: string): ToolName {
  const known = toolNames.find(one => one === name)
  if (!known) throw new Error(`No such tool: ${name}`)
  return known
}
