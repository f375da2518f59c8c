import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Calibration } from '../../server/agent/calibration.ts'
import { contextTokensOf } from '../../server/agent/context-tokens.ts'
import { buildPrompt } from '../../server/agent/prompt.ts'
import { chunkOf } from '../../server/agent/summary-prompt.ts'
import { textTokens } from '../../server/agent/token-estimate.ts'
import { fitWindow, storedTokens } from '../../server/agent/window.ts'
import type { FallenMessage } from '../../server/store/summaries.ts'
import type { HistoryMessage, StoredCall } from '../../server/store/turns.ts'

const call = (id: string): StoredCall => ({
  ...{ id, step: 1, position: 0, provider_call_id: id, name: 'list_tasks', arguments: { status: 'all' } },
  ...{ result: { of: id, tasks: [] }, status: 'completed', effect: 'transaction', continues: null },
  finished_at: null,
})

/** Turn n of a conversation: words of the user, and an answer behind so many calls. */
function turnOf(n: number, { said, calls }: { said: number; calls: number }): FallenMessage[] {
  const made = Array.from({ length: calls }, (_, at) => call(`${n}.${at}`))
  const parts = [
    ...made.map(({ id }) => ({ type: 'tool_call' as const, step: 1, id })),
    { type: 'text' as const, step: 2, text: `answer ${n}` },
  ]
  const of = { turn_id: `turn ${n}`, calls: null, parts: null, status: null }
  return [
    { ...of, seq: 2 * n - 1, role: 'user', content: `question ${n} ${'word '.repeat(said)}` },
    {
      ...{ ...of, seq: 2 * n, role: 'assistant', status: 'completed', content: `answer ${n}` },
      ...(calls > 0 ? { parts, calls: made } : {}),
    },
  ]
}

const oldestFirst = fc
  .array(fc.record({ said: fc.nat(60), calls: fc.nat(3) }), { minLength: 1, maxLength: 12 })
  .map(turns => turns.flatMap((turn, at) => turnOf(at + 1, turn)))

/** As an owner is given it: the message to be answered is the newest. */
const history = oldestFirst.map(messages => messages.slice(0, -1).toReversed())

const weigh = (messages: HistoryMessage[]) =>
  messages.reduce((sum, message) => sum + storedTokens(message), 0)

describe('the window of the newest that fit', () => {
  test('holds the newest without a gap, the message itself always, and no more than fits', () => {
    fc.assert(
      fc.property(history, fc.nat(600), (newestFirst, tokens) => {
        const window = fitWindow(newestFirst, tokens)
        expect(window).toEqual(newestFirst.slice(0, window.length))
        expect(window.length).toBeGreaterThan(0)
        if (window.length > 1) expect(weigh(window)).toBeLessThanOrEqual(tokens)
        const [question, answer] = newestFirst.slice(window.length, window.length + 2)
        if (question && answer) expect(weigh([...window, question, answer])).toBeGreaterThan(tokens)
      }),
    )
  })

  test('begins with a question, and no call is without its result nor a result without its call', () => {
    fc.assert(
      fc.property(history, fc.nat(600), (newestFirst, tokens) => {
        const window = fitWindow(newestFirst, tokens)
        expect(window.at(-1)?.role).toBe('user')
        const [, ...transcript] = buildPrompt('Rules', window, { parts: [], calls: new Map() })
        const kept = window.flatMap(message => message.calls?.map(({ id }) => id) ?? [])
        const ids = (role: string, type: string) =>
          transcript
            .filter(message => message.role === role)
            .flatMap(({ content }): { type: string }[] => (typeof content === 'string' ? [] : content))
            .flatMap(part => (part.type === type && 'toolCallId' in part ? [String(part.toolCallId)] : []))
        expect(ids('assistant', 'tool-call').toSorted()).toEqual(kept.toSorted())
        expect(ids('tool', 'tool-result').toSorted()).toEqual(kept.toSorted())
      }),
    )
  })
})

test('what a summary takes in is whole turns, the oldest, at least one', () => {
  fc.assert(
    fc.property(oldestFirst, fc.nat(900), (messages, tokens) => {
      const chunk = chunkOf(messages, tokens)
      expect(chunk).toEqual(messages.slice(0, chunk.length))
      expect(chunk.length).toBeGreaterThan(0)
      expect(chunk.length % 2).toBe(0)
    }),
  )
  expect(chunkOf([], 100)).toEqual([])
})

test('other alphabets and ideographs count for more than Latin letters', () => {
  expect(textTokens('')).toBe(0)
  expect(textTokens('four letters or so a token')).toBe(7)
  expect(textTokens('دودھ خریدنا یاد رکھیں')).toBeGreaterThan(textTokens('a'.repeat(21)))
  expect(textTokens('買牛奶')).toBe(3)
  expect(textTokens('😀')).toBe(2)
})

test.each([
  ['anthropic', 'claude-sonnet-4-5', 150_000],
  ['openrouter.chat', 'anthropic/claude-3.5-sonnet', 150_000],
  ['openai.responses', 'gpt-5-mini', 204_000],
  ['openai.responses', 'gpt-4.1', 750_000],
  ['openai.responses', 'gpt-4', 6000],
  ['compatible.chat', 'llama3.1:8b', 96_000],
  ['compatible.chat', 'meta-llama/Llama-3.3-70B-Instruct', 96_000],
  ['compatible.chat', 'something-new', 12_000],
  ['colloquy', 'offline', null],
])('%s %s is given at most %s tokens', (provider, modelId, tokens) => {
  expect(contextTokensOf({ provider, modelId })).toBe(tokens)
})

describe('the calibration', () => {
  test('estimates until the provider has counted, then goes by its counts', () => {
    const calibration = new Calibration()
    expect(calibration.ratioOf('m')).toBe(1)
    calibration.learn('m', 1000, 1500)
    expect(calibration.ratioOf('m')).toBe(1.5)
    calibration.learn('m', 1000, 1000)
    expect(calibration.ratioOf('m')).toBeCloseTo(1.4)
    expect(calibration.ratioOf('another')).toBe(1)
  })

  test('believes neither a count of next to nothing nor a wild one', () => {
    const calibration = new Calibration()
    calibration.learn('m', 1000, 10)
    calibration.learn('m', 20, 900)
    expect(calibration.ratioOf('m')).toBe(1)
    calibration.learn('m', 1000, 90_000)
    expect(calibration.ratioOf('m')).toBe(3)
  })
})
