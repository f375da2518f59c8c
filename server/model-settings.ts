import { z } from 'zod'
import { isWebAddress, wholeNumber } from './config-values.ts'

/** Which model answers, and how to reach it. Layer 0: reading settings loads no provider. */

export interface ModelSettings {
  /** `offline`, or `<provider>/<model id>`. */
  spec: string
  apiKeys: {
    openai?: string | undefined
    anthropic?: string | undefined
    openrouter?: string | undefined
    compatible?: string | undefined
  }
  /** Replaces the provider's host: a gateway, a proxy, a local server. */
  baseUrl?: string | undefined
  offlineDelayMs: number
  /** Token limit of the model's context; undefined: by the model's family. */
  contextTokens?: number | undefined
}

export type RemoteProvider = keyof ModelSettings['apiKeys']

export type ModelSpec = { provider: 'offline' } | { provider: RemoteProvider; modelId: string }

/** A self-hosted server often needs no key, hence `keyRequired`; it has no default host either. */
const providers = {
  openai: { keyName: 'OPENAI_API_KEY', keyRequired: true, host: 'https://api.openai.com/v1' },
  anthropic: { keyName: 'ANTHROPIC_API_KEY', keyRequired: true, host: 'https://api.anthropic.com/v1' },
  openrouter: { keyName: 'OPENROUTER_API_KEY', keyRequired: true, host: 'https://openrouter.ai/api/v1' },
  compatible: { keyName: 'MODEL_API_KEY', keyRequired: false, host: undefined },
} as const satisfies Record<
  RemoteProvider,
  { keyName: string; keyRequired: boolean; host: string | undefined }
>

const isProvider = (name: string): name is RemoteProvider => Object.hasOwn(providers, name)

/** The first slash ends the provider's name: model ids may contain more slashes. */
export function parseModelSpec(spec: string): ModelSpec | undefined {
  if (spec === 'offline') return { provider: 'offline' }
  const [, provider = '', modelId = ''] = /^([^/]+)\/(\S+)$/.exec(spec) ?? []
  return isProvider(provider) ? { provider, modelId } : undefined
}

export function modelHost(provider: RemoteProvider, baseUrl: string | undefined): string | undefined {
  return baseUrl ?? providers[provider].host
}

const text = z.string().optional()

export const modelVariables = {
  MODEL: z.string().default('offline'),
  OPENAI_API_KEY: text,
  ANTHROPIC_API_KEY: text,
  OPENROUTER_API_KEY: text,
  MODEL_API_KEY: text,
  MODEL_BASE_URL: text,
  OFFLINE_DELAY_MS: wholeNumber(0, 60_000, 0),
  CONTEXT_TOKENS: wholeNumber(0, 100_000_000, 0),
}

type TextVariable = Exclude<keyof typeof modelVariables, 'OFFLINE_DELAY_MS' | 'CONTEXT_TOKENS'>

/** The model settings alone, even when the other settings are invalid. */
export const modelSettingsOf = (given: Partial<Record<TextVariable, string | undefined>>): ModelSettings => ({
  spec: given.MODEL ?? 'offline',
  apiKeys: {
    openai: given.OPENAI_API_KEY,
    anthropic: given.ANTHROPIC_API_KEY,
    openrouter: given.OPENROUTER_API_KEY,
    compatible: given.MODEL_API_KEY,
  },
  baseUrl: given.MODEL_BASE_URL,
  offlineDelayMs: 0,
})

/** All problems of the model settings, one readable sentence each; keys are never repeated. */
export function checkModelSettings(settings: ModelSettings): string[] {
  const spec = parseModelSpec(settings.spec)
  if (!spec) {
    const known = Object.keys(providers).map(name => `${name}/<model id>`)
    return [`MODEL is "${settings.spec}", but must be offline, ${known.join(', ')}`]
  }
  if (spec.provider === 'offline') return []
  const { keyName, keyRequired } = providers[spec.provider]
  const problems: string[] = []
  if (keyRequired && !settings.apiKeys[spec.provider]) {
    problems.push(`${keyName} is not set, but MODEL "${settings.spec}" needs it`)
  }
  const host = modelHost(spec.provider, settings.baseUrl)
  if (host === undefined) {
    problems.push(`MODEL_BASE_URL is not set, but MODEL "${settings.spec}" needs it`)
  } else if (!isWebAddress(host)) {
    problems.push('MODEL_BASE_URL must be an http or https address')
  }
  return problems
}

interface Given {
  SUMMARIES: 'auto' | 'on' | 'off'
  MODEL: string
  AGENT?: string | undefined
}

/** With an agent this is no error: it may use another model than the settings name. */
export const checkSummaries = ({ SUMMARIES: summaries, MODEL: model, AGENT: agent }: Given): string[] =>
  summaries === 'on' && model === 'offline' && !agent
    ? ['SUMMARIES is on, but the offline model writes none: it reads tasks by its tools']
    : []
