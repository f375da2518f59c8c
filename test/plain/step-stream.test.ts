import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import { ModelFailure, retryDelayMs } from '../../server/agent/model-failure.ts'
import { finishPart, scriptedModel, trial } from '../support/step-requests.ts'

type Said = LanguageModelV4StreamPart

const textDelta = (delta: string, id = '1'): Said => ({ type: 'text-delta', id, delta })
const call = (input: string, toolName = 'add_task', toolCallId = 'c1'): Said => ({
  type: 'tool-call',
  toolCallId,
  toolName,
  input,
})

async function step(...parts: Said[]) {
  const { run, heard } = trial(scriptedModel([...parts, finishPart]))
  return { ...(await run()), heard }
}

describe('text', () => {
  test('two blocks are two parts, each with the last metadata of its own', async () => {
    const { parts, heard } = await step(
      { type: 'text-start', id: '1', providerMetadata: { p: { item: 'a', done: false } } },
      textDelta('One'),
      { type: 'text-end', id: '1', providerMetadata: { p: { item: 'a', done: true } } },
      { type: 'text-start', id: '1' },
      textDelta('Two'),
      { type: 'text-end', id: '1' },
    )
    expect(heard).toEqual(['t0:One', 't1:Two'])
    expect(parts).toEqual([
      { type: 'text', text: 'One', provider: { p: { item: 'a', done: true } } },
      { type: 'text', text: 'Two' },
    ])
  })

  test('text and reasoning at once, even under one id, are told apart', async () => {
    const { parts } = await step(
      { type: 'reasoning-delta', id: '1', delta: 'Hm' },
      textDelta('Yes'),
      { type: 'reasoning-delta', id: '1', delta: 'So' },
      textDelta('.'),
    )
    expect(parts).toEqual([
      { type: 'reasoning', text: 'Hm' },
      { type: 'text', text: 'Yes' },
      { type: 'reasoning', text: 'So' },
      { type: 'text', text: '.' },
    ])
  })

  test('interleaved blocks keep their places', async () => {
    const { heard, parts } = await step(textDelta('a', '1'), textDelta('x', '2'), textDelta('b', '1'))
    expect(heard).toEqual(['t0:a', 't1:x', 't0:b'])
    expect(parts).toMatchObject([{ text: 'ab' }, { text: 'x' }])
  })

  test('a block without a word is no part', async () => {
    const { parts } = await step({ type: 'text-start', id: '1' }, textDelta(''), {
      type: 'text-end',
      id: '1',
      providerMetadata: { p: { item: 'a' } },
    })
    expect(parts).toEqual([])
  })

  test('reasoning without a word is a part when the provider wants something back', async () => {
    const { parts, heard } = await step(
      { type: 'reasoning-start', id: '1', providerMetadata: { p: { sealed: 'x' } } },
      { type: 'reasoning-end', id: '1' },
      { type: 'reasoning-start', id: '2' },
      { type: 'reasoning-end', id: '2' },
    )
    expect(parts).toEqual([{ type: 'reasoning', text: '', provider: { p: { sealed: 'x' } } }])
    expect(heard).toEqual([])
  })

  test('a character split over two deltas is shown whole', async () => {
    const { parts, heard } = await step(textDelta('Milk \ud83e'), textDelta('\udd5b!'))
    expect(heard).toEqual(['t0:Milk ', 't0:\u{1f95b}!'])
    expect(parts).toMatchObject([{ text: 'Milk \u{1f95b}!' }])
  })

  test('what the database refuses is taken out', async () => {
    const { parts } = await step(textDelta('a\0b'), textDelta('\udd5bc'), textDelta('d\ud83e'))
    expect(parts).toMatchObject([{ text: 'ab\ufffdcd' }])
  })
})

describe('tool calls', () => {
  test.each([
    ['', {}, undefined],
    ['{}', {}, undefined],
    ['{"title":"Milk"}', { title: 'Milk' }, undefined],
    ['{"title":"C:\\\\u0000"}', { title: 'C:\\u0000' }, undefined],
    ['{"title":"\u{1f95b}"}', { title: '\u{1f95b}' }, undefined],
    ['{"title":', {}, /not valid JSON/],
    ['["Milk"]', {}, /must be a JSON object/],
    ['null', {}, /must be a JSON object/],
    ['"Milk"', {}, /must be a JSON object/],
    ['{"title":"a\\u0000"}', {}, /not text/],
    ['{"title":"\\ud83e"}', {}, /not text/],
    ['{"\\u0000":1}', {}, /not text/],
  ])('arguments %j', async (json, input, invalid) => {
    const { parts } = await step(call(json))
    expect(parts).toEqual([
      {
        type: 'tool_call',
        providerCallId: 'c1',
        name: 'add_task',
        input,
        ...(invalid && { invalid: expect.stringMatching(invalid) }),
      },
    ])
  })

  test('ids that repeat or are missing become different ones', async () => {
    const { parts } = await step(
      call('{}'),
      call('{}'),
      call('{}', 'add_task', ''),
      call('{}', 'add_task', ''),
    )
    const ids = parts.map(part => part.type === 'tool_call' && part.providerCallId)
    expect(ids).toEqual(['c1', 'c1_2', 'call', 'call_2'])
  })

  test.each([
    ['', 'unnamed_tool'],
    ['functions.add_task', 'functions_add_task'],
    ['x'.repeat(80), 'x'.repeat(64)],
  ])('a name that no provider would take back, %j, is made harmless and told', async (given, name) => {
    const { parts } = await step(call('{}', given))
    expect(parts).toMatchObject([{ name, invalid: expect.stringContaining('is not a tool') }])
  })

  test('arguments that a package could not parse are not taken for none', async () => {
    const { parts } = await step(
      { type: 'tool-input-start', id: 'c1', toolName: 'add_task' },
      { type: 'tool-input-delta', id: 'c1', delta: '{"title": "Mi' },
      { type: 'tool-input-end', id: 'c1' },
      call('{}'),
    )
    expect(parts).toMatchObject([{ invalid: expect.stringContaining('not valid JSON') }])
  })

  test('calls the provider carried out itself are not ours to carry out', async () => {
    const { parts } = await step({
      type: 'tool-call',
      toolCallId: 's1',
      toolName: 'web_search',
      input: '{}',
      providerExecuted: true,
    })
    expect(parts).toEqual([])
  })
})

describe('bounds', () => {
  test('a step of 1,000,000 characters is fine, one more is not', async () => {
    const { parts } = await step(textDelta('x'.repeat(1_000_000)))
    expect(parts).toHaveLength(1)
    await expect(step(textDelta('x'.repeat(1_000_000)), textDelta('x'))).rejects.toMatchObject({
      code: 'agent_unavailable',
    })
  })

  test('arguments count too, before they are whole', async () => {
    const flood: Said = { type: 'tool-input-delta', id: 'c1', delta: 'x'.repeat(600_000) }
    await expect(step(flood, flood)).rejects.toMatchObject({ code: 'agent_unavailable' })
  })

  test('64 calls are fine, 65 are not', async () => {
    const calls = Array.from({ length: 65 }, () => call('{}'))
    expect((await step(...calls.slice(1))).parts).toHaveLength(64)
    await expect(step(...calls)).rejects.toMatchObject({ code: 'agent_unavailable' })
  })
})

describe('a model that does not keep the rules', () => {
  test('no finish: tried again as long as nothing was shown', async () => {
    let calls = 0
    const model = scriptedModel([])
    const answers = [[], [textDelta('Hi'), finishPart]]
    const { run, heard } = trial({
      ...model,
      doStream: options => scriptedModel(answers[calls++] ?? []).doStream(options),
    })
    expect((await run()).parts).toMatchObject([{ text: 'Hi' }])
    expect(heard).toEqual(['t0:Hi'])
    expect(calls).toBe(2)
  })

  test('an answer is whole once its finish came, whatever the connection does then', async () => {
    let sent = false
    const torn = new ReadableStream<Said>({
      pull(controller) {
        if (sent) return controller.error(new Error('connection reset'))
        sent = true
        for (const part of [textDelta('Hi'), finishPart]) controller.enqueue(part)
      },
    })
    const { parts } = await trial(scriptedModel(torn)).run()
    expect(parts).toMatchObject([{ text: 'Hi' }])
  })

  test('it takes no notice of an abort: the step ends all the same', async () => {
    const cancel = new AbortController()
    const opened = Promise.withResolvers<void>()
    const deaf = {
      ...scriptedModel([]),
      doStream: () => {
        opened.resolve()
        return new Promise<never>(() => {})
      },
    }
    const step = trial(deaf, { signal: cancel.signal }).run()
    await opened.promise
    cancel.abort(new Error('stop'))
    await expect(step).rejects.toThrow('stop')
  })

  test('its stream takes no notice of an abort: it is cancelled', async () => {
    const cancelled = Promise.withResolvers<void>()
    const endless = new ReadableStream<Said>({
      start: controller => controller.enqueue(textDelta('Hi')),
      cancel: () => cancelled.resolve(),
    })
    const cancel = new AbortController()
    const { run } = trial(scriptedModel(endless), {
      signal: cancel.signal,
      onText: () => cancel.abort(new Error('stop')),
    })
    await expect(run()).rejects.toThrow('stop')
    await cancelled.promise
  })

  test('nothing is asked of it under a signal that is already aborted', async () => {
    let calls = 0
    const model = { ...scriptedModel([finishPart]), doStream: () => Promise.reject(new Error(`${++calls}`)) }
    const { run } = trial(model, { signal: AbortSignal.abort(new Error('too late')) })
    await expect(run()).rejects.toThrow('too late')
    expect(calls).toBe(0)
  })

  test('an abort ends the wait between two attempts', async () => {
    const cancel = new AbortController()
    const model = {
      ...scriptedModel([]),
      doStream: () => {
        queueMicrotask(() => setImmediate(() => cancel.abort(new Error('stop'))))
        return Promise.reject(Object.assign(new Error('busy'), { isRetryable: true }))
      },
    }
    const { run } = trial(model, { signal: cancel.signal, retryDelayMs: 20_000 })
    await expect(run()).rejects.toThrow('stop')
  })

  test('what a callback throws comes out as it is', async () => {
    const lost = new Error('the turn was taken over')
    const { run } = trial(scriptedModel([textDelta('Hi'), finishPart]), {
      onText: () => {
        throw lost
      },
    })
    await expect(run()).rejects.toBe(lost)
  })
})

describe('the wait before a retry', () => {
  const failureWith = (headers: Record<string, string>) =>
    new ModelFailure(
      Object.assign(new Error('busy'), { statusCode: 503, isRetryable: true, responseHeaders: headers }),
    )

  test.each([
    [{ 'retry-after': '2' }, 2000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after-ms': '150', 'retry-after': '1' }, 150],
    [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 0],
  ])('the provider says %j: %i ms', (headers, expected) => {
    expect(retryDelayMs(failureWith(headers), 1, 500)).toBe(expected)
  })

  test.each([
    [1, 250, 500],
    [2, 500, 1000],
    [3, 1000, 2000],
    [20, 4000, 8000],
  ])('attempt %i waits %i to %i ms when the provider says nothing', (attempt, from, to) => {
    const waits = Array.from({ length: 50 }, () => retryDelayMs(failureWith({}), attempt, 500))
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(from)
    expect(Math.max(...waits)).toBeLessThanOrEqual(to)
    expect(new Set(waits).size).toBeGreaterThan(1)
  })
})
