import { describe, expect, test } from 'vitest'
import { textStream } from './support/replay-answers.ts'
import { freshUser, startReplayedServer } from './support/replayed-server.ts'
import { ann, shareReplayedServer, world } from './support/shared-replayed-server.ts'

const prices = { 'compatible/test': { input: 2.5, output: 10 }, 'openai/gpt-x': { input: 0.1, output: 0.2 } }

const environment = { MODEL_PRICES: JSON.stringify(prices), TURNS_PER_MINUTE: '60', TOKEN_BUDGET: '9000' }
shareReplayedServer({ environment })

const store = (hour: string, model: string, [turns, input, output]: number[]) =>
  world.server.context.db.query(
    `insert into colloquy.usage (user_id, hour, model, turns, input_tokens, output_tokens) values ($1, $2, $3, $4, $5, $6)`,
    [ann.userId, hour, model, turns, input, output],
  )

const used = async (query = '') => (await ann.call('GET', `/usage${query}`)).body

describe('the usage of a user', () => {
  test('is nothing at first', async () => {
    const { days, total, limits } = await used()
    expect({ days, total }).toEqual({
      days: [],
      total: { turns: 0, input_tokens: 0, output_tokens: 0, cost: 0 },
    })
    expect(limits).toMatchObject({
      turns: { limit: 60, remaining: 60, window_seconds: 60 },
      tokens: { limit: 9000, remaining: 9000, used: 0, reserved: 0, window_seconds: 86_400 },
    })
  })

  test('is what the provider counted, by the name that MODEL has, with its cost and what is left', async () => {
    world.replay.enqueue([textStream('Fine.')])
    await ann.say('How are you?')
    const { days, total, limits } = await used()
    const counted = { turns: 1, input_tokens: 10, output_tokens: 5, cost: 0.000075 }
    expect(days).toEqual([{ day: expect.any(String), model: 'compatible/test', ...counted }])
    expect(total).toEqual(counted)
    expect(limits.tokens).toMatchObject({ remaining: 8985, used: 15, reserved: 0 })
    expect(Date.parse(limits.tokens.resets_at)).toBeGreaterThan(Date.now() - 60_000)
  })

  test('is by day and model, without what lies outside', async () => {
    await store('2026-02-28T23:00:00Z', 'openai/gpt-x', [1, 1, 1])
    await store('2026-03-01T00:00:00Z', 'openai/gpt-x', [2, 1_000_000, 500_000])
    await store('2026-03-01T23:00:00Z', 'openai/gpt-x', [3, 1_000_000, 0])
    await store('2026-03-01T05:00:00Z', 'offline', [1, 0, 0])
    await store('2026-03-03T12:00:00Z', 'openai/gpt-x', [1, 30, 3])
    await store('2026-03-04T00:00:00Z', 'openai/gpt-x', [1, 1, 1])
    const { from, to, days, total } = await used('?from=2026-03-01&to=2026-03-03')
    expect({ from, to }).toEqual({ from: '2026-03-01', to: '2026-03-03' })
    expect(days).toEqual([
      { day: '2026-03-01', model: 'offline', turns: 1, input_tokens: 0, output_tokens: 0, cost: 0 },
      {
        ...{ day: '2026-03-01', model: 'openai/gpt-x', turns: 5 },
        ...{ input_tokens: 2_000_000, output_tokens: 500_000, cost: 0.3 },
      },
      {
        ...{ day: '2026-03-03', model: 'openai/gpt-x', turns: 1 },
        ...{ input_tokens: 30, output_tokens: 3, cost: 0.000004 },
      },
    ])
    expect(total).toEqual({ turns: 7, input_tokens: 2_000_030, output_tokens: 500_003, cost: 0.300004 })
  })

  test('has no cost where a model has no price', async () => {
    await store('2026-03-01T00:00:00Z', 'openai/gpt-x', [1, 1000, 1000])
    await store('2026-03-01T00:00:00Z', 'openai/unknown', [1, 10, 10])
    const { days, total } = await used('?from=2026-03-01&to=2026-03-01')
    expect(days.map((day: { cost: number | null }) => day.cost)).toEqual([0.0003, null])
    expect(total.cost).toBe(null)
  })

  test('is nobody else’s', async () => {
    await store('2026-03-01T00:00:00Z', 'openai/gpt-x', [1, 1000, 1000])
    const bob = await freshUser(world)
    expect((await bob.call('GET', '/usage?from=2026-03-01&to=2026-03-02')).body.days).toEqual([])
  })

  test.each([
    '?from=2026-03-02&to=2026-03-01',
    '?from=2026-02-30',
    '?from=yesterday',
    '?from=2020-01-01&to=2026-03-01',
    '?to=2026-03-01T00:00:00Z',
  ])('is not read by %s', async query => {
    expect(await ann.call('GET', `/usage${query}`)).toMatchObject({ status: 400, body: { code: 'invalid' } })
  })
})

test('without limits there is nothing left to tell', async () => {
  await using free = await startReplayedServer()
  const bob = await freshUser(free)
  expect((await bob.call('GET', '/usage')).body.limits).toEqual({ turns: null, tokens: null })
  free.replay.enqueue([textStream('Fine.')])
  const said = await bob.say('Hello')
  expect([said.status, said.headers.has('ratelimit-limit')]).toEqual([200, false])
})
