import type { LanguageModelV4, SharedV4ProviderOptions } from '@ai-sdk/provider'
import { checkModelSettings, type ModelSettings, modelHost, parseModelSpec } from '../model-settings.ts'

/**
 * Builds the model that the settings name. A provider's package is loaded only when it is used, so that the built-in
 * model costs none of that at startup.
 */
export async function createModel(settings: ModelSettings): Promise<LanguageModelV4> {
  const spec = parseModelSpec(settings.spec)
  const problems = checkModelSettings(settings)
  if (!spec || problems.length > 0) throw new Error(problems.join('; '))
  if (spec.provider === 'offline') {
    const { createOfflineModel } = await import('./offline/model.ts')
    return createOfflineModel({ delayMs: settings.offlineDelayMs })
  }
  // Host and key are always passed: otherwise the packages would read the environment themselves.
  const baseURL = modelHost(spec.provider, settings.baseUrl) ?? ''
  const apiKey = settings.apiKeys[spec.provider] ?? ''
  switch (spec.provider) {
    case 'openai': {
      const { createOpenAI } = await import('@ai-sdk/openai')
      return createOpenAI({ apiKey, baseURL }).responses(spec.modelId)
    }
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic')
      return createAnthropic({ apiKey, baseURL }).languageModel(spec.modelId)
    }
    case 'openrouter': {
      const { createOpenRouter } = await import('@openrouter/ai-sdk-provider')
      // `strict` makes it request the token counts.
      return createOpenRouter({ apiKey, baseURL, compatibility: 'strict' }).chat(spec.modelId)
    }
    case 'compatible': {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
      const key = apiKey ? { apiKey } : {}
      return createOpenAICompatible({ name: 'compatible', baseURL, includeUsage: true, ...key }).chatModel(
        spec.modelId,
      )
    }
  }
}

/** The built-in model follows no instructions; it reads tool results as they are. */
export const takesInstructions = ({ provider }: Pick<LanguageModelV4, 'provider'>) => provider !== 'colloquy'

/** The model's name as in `MODEL`; a package's provider name may carry the kind of its API after a dot. */
export function nameOfModel({ provider, modelId }: Pick<LanguageModelV4, 'provider' | 'modelId'>): string {
  return takesInstructions({ provider }) ? `${provider.split('.', 1)[0]}/${modelId}` : modelId
}

/**
 * Options of every model call. OpenAI must not store the answers: the conversation is kept only in our database, and
 * reasoning comes back encrypted so that any instance can send it again.
 */
export function providerOptionsFor(spec: string): SharedV4ProviderOptions {
  return parseModelSpec(spec)?.provider === 'openai' ? { openai: { store: false } } : {}
}
