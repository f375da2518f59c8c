import { randomUUID } from 'node:crypto'
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider'
import { answer } from './answer.ts'
import type { Step } from './plan.ts'
import { readClock, readTurns, type Turn, toolNames } from './prompt.ts'
import { streamOf } from './stream.ts'

/**
 * The built-in model: a grammar instead of a network. It keeps no state; everything it knows is in the prompt and
 * in `providerOptions.colloquy` `{ now, time_zone, locale }`.
 */
export const createOfflineModel = ({ delayMs }: { delayMs: number }): LanguageModelV4 =>
  createModelOf({
    modelId: 'offline',
    delayMs,
    answer: (turns, options) => answer(turns, { clock: readClock(options), tools: toolNames(options) }),
  })

interface Speaker {
  modelId: string
  delayMs: number
  answer(turns: Turn[], options: LanguageModelV4CallOptions): Step | Promise<Step>
}

/** A model whose answers somebody here makes. */
export function createModelOf({ modelId, delayMs, answer }: Speaker): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'colloquy',
    modelId,
    supportedUrls: {},
    async doStream(options) {
      options.abortSignal?.throwIfAborted()
      const turns = readTurns(options.prompt)
      const parts = streamParts(turns, await answer(turns, options))
      return { stream: streamOf(parts, { delayMs, signal: options.abortSignal }) }
    },
    async doGenerate(options) {
      const { stream } = await this.doStream(options)
      return collect(stream)
    },
  }
}

function streamParts(turns: Turn[], step: Step): LanguageModelV4StreamPart[] {
  return [
    { type: 'stream-start', warnings: [] },
    ...textParts(step.say),
    ...step.calls.flatMap(callParts),
    {
      type: 'finish',
      finishReason: { unified: step.calls.length > 0 ? 'tool-calls' : 'stop', raw: undefined },
      usage: usageOf(turns.at(-1)?.message ?? '', step),
    },
  ]
}

function textParts(text: string): LanguageModelV4StreamPart[] {
  if (text === '') return []
  const id = randomUUID()
  const words = text.match(/\S+\s*|\s+/g) ?? []
  return [
    { type: 'text-start', id },
    ...words.map((delta): LanguageModelV4StreamPart => ({ type: 'text-delta', id, delta })),
    { type: 'text-end', id },
  ]
}

function callParts({ tool, input }: Step['calls'][number]): LanguageModelV4StreamPart[] {
  const id = randomUUID()
  const json = JSON.stringify(input)
  return [
    { type: 'tool-input-start', id, toolName: tool },
    { type: 'tool-input-delta', id, delta: json },
    { type: 'tool-input-end', id },
    { type: 'tool-call', toolCallId: id, toolName: tool, input: json },
  ]
}

/** There are no tokens here; words are the honest nearest thing. */
function usageOf(message: string, step: Step): LanguageModelV4Usage {
  const count = (text: string) => text.match(/\S+/g)?.length ?? 0
  const [input, output] = [count(message), count(step.say) + step.calls.length]
  return {
    inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: output, text: output, reasoning: 0 },
  }
}

async function collect(
  stream: ReadableStream<LanguageModelV4StreamPart>,
): Promise<LanguageModelV4GenerateResult> {
  const content: LanguageModelV4Content[] = []
  let text = ''
  for await (const part of stream) {
    if (part.type === 'text-delta') text += part.delta
    if (part.type === 'text-end') content.push({ type: 'text', text })
    if (part.type === 'tool-call') content.push(part)
    if (part.type === 'finish')
      return { content, finishReason: part.finishReason, usage: part.usage, warnings: [] }
  }
  throw new Error('The stream ended without its finish part')
}
