import type {
  LanguageModelV4,
  LanguageModelV4FunctionTool,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider'
import { createModel, providerOptionsFor } from '../../server/agent/models.ts'
import { runStep, type StepRequest } from '../../server/agent/step.ts'
import type { RemoteProvider } from '../../server/model-settings.ts'
import type { ReplayServer } from './replay-server.ts'

const specs: Record<RemoteProvider, string> = {
  openai: 'openai/gpt-5',
  anthropic: 'anthropic/claude-sonnet-4-5',
  openrouter: 'openrouter/anthropic/claude-sonnet-4.5',
  compatible: 'compatible/local-model',
}

export const providerNames = Object.keys(specs).filter((name): name is RemoteProvider => name in specs)

export function modelAt(replay: ReplayServer, provider: RemoteProvider): Promise<LanguageModelV4> {
  const key = 'test-key'
  return createModel({
    spec: specs[provider],
    apiKeys: { openai: key, anthropic: key, openrouter: key, compatible: key },
    baseUrl: replay.url,
    offlineDelayMs: 0,
  })
}

export const addTask: LanguageModelV4FunctionTool = {
  type: 'function',
  name: 'add_task',
  description: 'Adds a task',
  inputSchema: { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] },
}

/** A step that records its deltas, as `t0:Hi` or `r0:Hm`: kind, place, text. */
export function trial(model: LanguageModelV4, changes: Partial<StepRequest> = {}) {
  const heard: string[] = []
  const request: StepRequest = {
    model,
    prompt: [{ role: 'user', content: [{ type: 'text', text: 'What is left to do?' }] }],
    tools: [addTask],
    providerOptions: {},
    signal: new AbortController().signal,
    timeoutMs: 30_000,
    maxRetries: 2,
    retryDelayMs: 0,
    onText: (delta, part) => heard.push(`t${part}:${delta}`),
    onReasoning: (delta, part) => heard.push(`r${part}:${delta}`),
    ...changes,
  }
  return { heard, request, run: () => runStep(request) }
}

export async function remoteTrial(
  replay: ReplayServer,
  provider: RemoteProvider,
  changes: Partial<StepRequest> = {},
) {
  const model = await modelAt(replay, provider)
  return trial(model, { providerOptions: providerOptionsFor(specs[provider]), ...changes })
}

/** An in-process model that emits the given parts, as a provider's package would from its stream. */
export function scriptedModel(
  say: LanguageModelV4StreamPart[] | ReadableStream<LanguageModelV4StreamPart>,
): LanguageModelV4 {
  const stream = () => (Array.isArray(say) ? streamOf(say) : say)
  return {
    specificationVersion: 'v4',
    provider: 'scripted',
    modelId: 'scripted',
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error('This model only streams')),
    doStream: () => Promise.resolve({ stream: stream() }),
  }
}

export const streamOf = (parts: LanguageModelV4StreamPart[]): ReadableStream<LanguageModelV4StreamPart> =>
  new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part)
      controller.close()
    },
  })

const tokens = { noCache: undefined, cacheRead: undefined, cacheWrite: undefined }

export const finishPart: LanguageModelV4StreamPart = {
  type: 'finish',
  finishReason: { unified: 'stop', raw: 'stop' },
  usage: {
    inputTokens: { total: 10, ...tokens },
    outputTokens: { total: 5, text: undefined, reasoning: undefined },
  },
}
