import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { streamOf } from '../../server/agent/offline/stream.ts'

const words = (n: number, word: string) => Array.from({ length: n }, (_, i) => `${word}${i} `)

/**
 * A slow model: it thinks, speaks, counts letters, speaks, counts again and speaks, word by word with a pause before
 * each.
 */
export const storyModel = (delayMs: number): LanguageModelV4 => ({
  specificationVersion: 'v4',
  provider: 'test',
  modelId: 'story',
  supportedUrls: {},
  doGenerate: () => Promise.reject(new Error('Answers are streamed')),
  doStream: async ({ prompt, abortSignal }) => {
    const asked = prompt.findLastIndex(message => message.role === 'user')
    const step = prompt.slice(asked).filter(message => message.role === 'tool').length
    return { stream: streamOf(partsOf(step), { delayMs, signal: abortSignal }) }
  },
})

function partsOf(step: number): LanguageModelV4StreamPart[] {
  const isLast = step === 2
  const tokens = { total: 5, noCache: 5, cacheRead: 0, cacheWrite: 0 }
  const call = {
    type: 'tool-call',
    toolCallId: `call_${step}`,
    toolName: 'count_letters',
    input: '{}',
  } as const
  return [
    { type: 'stream-start', warnings: [] },
    ...(step === 0 ? block('reasoning', words(6, 'hm')) : []),
    ...block('text', words(isLast ? 20 : 12, ['once', 'then', 'end'][step] ?? '')),
    ...(isLast ? [] : [call]),
    {
      type: 'finish',
      finishReason: { unified: isLast ? 'stop' : 'tool-calls', raw: 'stop' },
      usage: { inputTokens: tokens, outputTokens: { total: 5, text: 5, reasoning: 0 } },
    },
  ]
}

const block = (kind: 'text' | 'reasoning', deltas: string[]): LanguageModelV4StreamPart[] => [
  { type: `${kind}-start`, id: kind },
  ...deltas.map((delta): LanguageModelV4StreamPart => ({ type: `${kind}-delta`, id: kind, delta })),
  { type: `${kind}-end`, id: kind },
]
