import { describe, expect, test } from 'vitest'
import { createModel } from '../../server/agent/models.ts'
import { checkModelSettings, type ModelSettings, parseModelSpec } from '../../server/model-settings.ts'

const settings = (spec: string, changes: Partial<ModelSettings> = {}): ModelSettings => ({
  spec,
  apiKeys: {},
  offlineDelayMs: 0,
  ...changes,
})

describe('the name of a model', () => {
  test.each([
    ['offline', { provider: 'offline' }],
    ['openai/gpt-5', { provider: 'openai', modelId: 'gpt-5' }],
    ['openrouter/anthropic/claude-4:free', { provider: 'openrouter', modelId: 'anthropic/claude-4:free' }],
    ['compatible/qwen3:8b', { provider: 'compatible', modelId: 'qwen3:8b' }],
    ['openai/', undefined],
    ['openai', undefined],
    ['', undefined],
    ['offline/x', undefined],
    ['toString/x', undefined],
    ['openai/two words', undefined],
  ])('%j is read as %j', (spec, expected) => {
    expect(parseModelSpec(spec)).toEqual(expected)
  })
})

describe('problems with the settings are told all at once and by the name of the variable', () => {
  test.each([
    [settings('offline'), []],
    [settings('gemini/flash'), [/^MODEL is "gemini\/flash", but must be offline, openai\/<model id>/]],
    [settings('openai/gpt-5'), [/^OPENAI_API_KEY /]],
    [settings('anthropic/claude'), [/^ANTHROPIC_API_KEY /]],
    [settings('openrouter/a/b'), [/^OPENROUTER_API_KEY /]],
    [settings('openai/gpt-5', { apiKeys: { anthropic: 'k' } }), [/^OPENAI_API_KEY /]],
    [settings('openai/gpt-5', { apiKeys: { openai: 'k' } }), []],
    [settings('openai/gpt-5', { baseUrl: 'gateway' }), [/^OPENAI_API_KEY /, /^MODEL_BASE_URL must be/]],
    [settings('compatible/m'), [/^MODEL_BASE_URL is not set/]],
    [settings('compatible/m', { baseUrl: 'http://127.0.0.1:11434/v1' }), []],
    [settings('compatible/m', { baseUrl: 'file:///etc/passwd' }), [/^MODEL_BASE_URL must be/]],
  ])('%j', (given, expected) => {
    const problems = checkModelSettings(given)
    expect(problems).toHaveLength(expected.length)
    for (const [i, pattern] of expected.entries()) expect(problems[i]).toMatch(pattern)
  })

  test('a key is never part of a problem', () => {
    const problems = checkModelSettings(
      settings('openai/gpt-5', { apiKeys: { openai: 'sk-secret' }, baseUrl: 'x' }),
    )
    expect(problems).toHaveLength(1)
    expect(problems.join()).not.toContain('sk-secret')
  })

  test('a model is not built from settings that have problems', async () => {
    await expect(createModel(settings('openai/gpt-5'))).rejects.toThrow('OPENAI_API_KEY')
  })
})
