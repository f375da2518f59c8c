import type { LanguageModelV4 } from '@ai-sdk/provider'
import { takesInstructions } from './models.ts'

/**
 * Context sizes of model families, by prefix of the model id; the first match counts. CONTEXT_TOKENS overrides them,
 * for models that are missing here or have changed.
 */
const families: [beginning: RegExp, tokens: number][] = [
  [/^gpt-5/, 272_000],
  [/^gpt-4\.1/, 1_000_000],
  [/^(gpt-4o|gpt-4-turbo|chatgpt-4o|gpt-oss)/, 128_000],
  [/^gpt-4/, 8000],
  [/^gpt-3\.5/, 16_000],
  [/^o[1-9]/, 200_000],
  [/^claude-[12]/, 100_000],
  [/^claude/, 200_000],
  [/^gemini-1\.0/, 32_000],
  [/^gemini/, 1_000_000],
  [/^llama-?4/, 128_000],
  [/^llama-?3[.-][1-3]/, 128_000],
  [/^llama/, 8000],
  [/^(mistral-large|mistral-small|mistral-medium|ministral|magistral|devstral|codestral)/, 128_000],
  [/^(mistral|mixtral)/, 32_000],
  [/^(deepseek|grok|kimi|glm|command)/, 128_000],
  [/^qwen-?3/, 128_000],
  [/^qwen/, 32_000],
  [/^phi-?4/, 16_000],
]

/** Hardly any current model has less. */
const ofUnknown = 16_000

/** The rest is left for the answer and for errors of the estimate. */
const shareGiven = 0.75

/** The token limit for a model's context; null: none, since the built-in model has no limit. */
export function contextTokensOf({
  provider,
  modelId,
}: Pick<LanguageModelV4, 'provider' | 'modelId'>): number | null {
  if (!takesInstructions({ provider })) return null
  const name = modelId.toLowerCase().split(/[/:]/).findLast(isOfFamily) ?? ''
  const tokens = families.find(([beginning]) => beginning.test(name))?.[1] ?? ofUnknown
  return Math.floor(tokens * shareGiven)
}

const isOfFamily = (name: string) => families.some(([beginning]) => beginning.test(name))
