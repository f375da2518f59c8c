import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '../../server/errors.ts'
import {
  cut,
  emptyStream,
  endEarly,
  failure,
  held,
  malformedToolCallStream,
  recorded,
  stream,
  text,
  textStream,
  toolCall,
} from '../support/replay-answers.ts'
import { type ReplayServer, startReplayServer } from '../support/replay-server.ts'
import { providerNames, remoteTrial } from '../support/step-requests.ts'

let replay: ReplayServer
beforeEach(async () => {
  replay = await startReplayServer()
})
afterEach(() => replay[Symbol.asyncDispose]())

const rejection = (step: Promise<unknown>): Promise<unknown> =>
  step.then(
    () => expect.unreachable('the step should have failed'),
    error => error,
  )

async function appErrorOf(step: Promise<unknown>): Promise<AppError> {
  const error = await rejection(step)
  if (!(error instanceof AppError)) throw error
  return error
}

describe.each(providerNames)('%s', provider => {
  test.each([429, 500, 529])('a step refused with %i succeeds when tried again', async status => {
    replay.enqueue([failure(status), failure(status), textStream('Hi')])
    const { run, heard } = await remoteTrial(replay, provider)
    expect((await run()).parts).toMatchObject([{ type: 'text', text: 'Hi' }])
    expect(heard).toEqual(['t0:Hi'])
    expect(replay.requests).toHaveLength(3)
  })

  test('retries end, and what the provider said stays in the cause', async () => {
    replay.otherwise(failure(500))
    const { run } = await remoteTrial(replay, provider, { maxRetries: 2 })
    const error = await appErrorOf(run())
    expect(error.code).toBe('agent_unavailable')
    expect(error.message).not.toContain('SECRET')
    expect(error.cause).toMatchObject({ statusCode: 500 })
    expect(replay.requests).toHaveLength(3)
  })

  test('what the provider does not mark retryable is not tried again', async () => {
    replay.otherwise(failure(401))
    const { run } = await remoteTrial(replay, provider)
    expect((await appErrorOf(run())).code).toBe('agent_unavailable')
    expect(replay.requests).toHaveLength(1)
  })

  test('neither the error nor its cause holds the prompt or the key', async () => {
    replay.otherwise(failure(400))
    const { run } = await remoteTrial(replay, provider)
    const { cause } = await appErrorOf(run())
    const logged = JSON.stringify(cause, Object.getOwnPropertyNames(cause))
    expect(logged).toContain('400')
    expect(logged).not.toMatch(/What is left|test-key/)
  })

  test('a wish to come back later than the step may last fails at once and is passed on', async () => {
    replay.otherwise(failure(429, { 'retry-after': '3600' }))
    const { run } = await remoteTrial(replay, provider)
    const error = await appErrorOf(run())
    expect(error.facts).toEqual({ retry_after_seconds: 3600 })
    expect(replay.requests).toHaveLength(1)
  })

  test.each([
    ['cut', -1, cut],
    ['cut', 0, cut],
    ['ended', 0, endEarly],
  ])('an answer %s before its first word (%i) is asked for again', async (_, after, breakOff) => {
    replay.enqueue([breakOff(textStream('Lost'), { after }), textStream('Hi')])
    const { run, heard } = await remoteTrial(replay, provider)
    expect((await run()).parts).toMatchObject([{ text: 'Hi' }])
    expect(heard).toEqual(['t0:Hi'])
  })

  test.each([cut, endEarly])(
    'an answer that breaks off (%o) after words were shown is not repeated',
    async breakOff => {
      replay.enqueue([breakOff(textStream('One', ' two'), { after: 1 }), textStream('Hi')])
      const { run, heard } = await remoteTrial(replay, provider)
      expect((await appErrorOf(run())).code).toBe('agent_unavailable')
      expect(heard).toEqual(['t0:One'])
      expect(replay.requests).toHaveLength(1)
    },
  )

  test('a call that breaks off in its arguments is never carried out', async () => {
    replay.enqueue([
      endEarly(stream(text('I will'), toolCall('add_task', { title: 'Buy milk' })), { after: 2 }),
    ])
    const { run } = await remoteTrial(replay, provider)
    expect((await appErrorOf(run())).code).toBe('agent_unavailable')
  })

  test('the time limit ends a step that got no answer, and closes the request', async () => {
    const silent = held(textStream('Hi'), { after: -1 })
    replay.enqueue([silent])
    const { run } = await remoteTrial(replay, provider, { timeoutMs: 50 })
    expect((await appErrorOf(run())).code).toBe('agent_timeout')
    const request = await replay.request(0)
    expect(await request.closed).toBe('early')
    silent.release()
  })

  test.each([-1, 0, 1])('an abort after %i deltas throws its reason and closes the request', async after => {
    const answer = held(textStream('One', ' two'), { after })
    replay.enqueue([answer])
    const cancel = new AbortController()
    const reason = new Error('cancelled by the user')
    const firstDelta = Promise.withResolvers<void>()
    const { run } = await remoteTrial(replay, provider, {
      signal: cancel.signal,
      onText: () => firstDelta.resolve(),
    })
    const step = rejection(run())
    await answer.reached
    if (after > 0) await firstDelta.promise
    cancel.abort(reason)
    expect(await step).toBe(reason)
    expect(await (await replay.request(0)).closed).toBe('early')
    answer.release()
  })

  test('arguments that are not JSON become a call the model can be told about', async () => {
    replay.enqueue([malformedToolCallStream('add_task', '{"title": "Buy')])
    const { parts } = await (await remoteTrial(replay, provider)).run()
    expect(parts).toMatchObject([
      { type: 'tool_call', name: 'add_task', input: {}, invalid: expect.stringContaining('not valid JSON') },
    ])
  })

  test('a tool that does not exist is a call like any other', async () => {
    replay.enqueue([stream(toolCall('fly_to_moon', { now: true }))])
    const { parts } = await (await remoteTrial(replay, provider)).run()
    expect(parts).toMatchObject([{ type: 'tool_call', name: 'fly_to_moon', input: { now: true } }])
  })

  test('an empty answer is an answer without parts', async () => {
    replay.enqueue([emptyStream()])
    const { parts, finishReason } = await (await remoteTrial(replay, provider)).run()
    expect(parts).toEqual([])
    expect(finishReason).toBe('stop')
  })

  test('nothing stays attached to the signal', async () => {
    replay.enqueue([textStream('Hi')])
    const { signal } = new AbortController()
    const { run } = await remoteTrial(replay, provider, { signal })
    await run()
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})

describe('an error inside a stream', () => {
  test.each([
    ['openai', 'openai-failed-midway', 't0:I|t0: will'],
    ['anthropic', 'anthropic-overloaded-midway', 't0:You|t0: have'],
    ['openrouter', 'openrouter-failed-midway', 't0:You|t0: have'],
  ] as const)('%s: after words it ends the step', async (provider, recording, words) => {
    replay.enqueue([recorded(recording), textStream('Hi')])
    const { run, heard } = await remoteTrial(replay, provider)
    const error = await appErrorOf(run())
    expect(error.code).toBe('agent_unavailable')
    expect(heard.join('|')).toBe(words)
    expect(replay.requests).toHaveLength(1)
  })

  test('before words it is tried again', async () => {
    replay.enqueue([recorded('anthropic-overloaded-at-once'), textStream('Hi')])
    const { run } = await remoteTrial(replay, 'anthropic')
    expect((await run()).parts).toMatchObject([{ text: 'Hi' }])
  })
})
