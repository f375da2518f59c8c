import { createRoute, z } from '@hono/zod-openapi'
import { answer, dateTime, ofUser, problems } from './contract.ts'

const date = z.iso.date('must be a day, as 2026-11-22')

const count = z.int().min(0)
const cost = z
  .number()
  .nullable()
  .describe('By MODEL_PRICES, in its currency; null where a model has no price there')

const used = {
  turns: count.describe('Turns that ended in the period'),
  input_tokens: count,
  output_tokens: count,
  cost,
}

const window = {
  limit: count,
  remaining: count,
  window_seconds: count,
  resets_at: dateTime,
}

const example = {
  from: '2026-11-01',
  to: '2026-11-22',
  days: [
    {
      day: '2026-11-22',
      model: 'openai/gpt-x',
      ...{ turns: 12, input_tokens: 18_000, output_tokens: 2400, cost: 0.069 },
    },
  ],
  total: { turns: 12, input_tokens: 18_000, output_tokens: 2400, cost: 0.069 },
  limits: {
    turns: { limit: 60, remaining: 59, window_seconds: 60, resets_at: '2026-11-22T09:01:00.000Z' },
    tokens: {
      ...{ limit: 100_000, remaining: 77_600, used: 20_400, reserved: 2000 },
      ...{ window_seconds: 86_400, resets_at: '2026-11-23T00:00:00.000Z' },
    },
  },
}

const usageSchema = z
  .object({
    from: date,
    to: date,
    days: z.array(
      z.object({
        day: date.describe('In UTC'),
        model: z.string().describe('As MODEL names it; none: no model was asked'),
        ...used,
      }),
    ),
    total: z.object(used),
    limits: z.object({
      turns: z.object(window).nullable().describe('Messages a minute; null: any number'),
      tokens: z
        .object({
          ...window,
          used: count,
          reserved: count.describe('For turns that run or wait'),
        })
        .nullable()
        .describe('The budget; null: any amount'),
    }),
  })
  .openapi('UsageReport', { example })

export const maxDays = 366

export const read = createRoute({
  method: 'get',
  path: '/api/{user_id}/usage',
  tags: ['Usage'],
  summary: 'Read what you used, what it cost, and what is left',
  description: `By day and model; days are in UTC. Deleting conversations does not change it. At most ${maxDays} days.`,
  request: {
    params: ofUser,
    query: z.object({
      from: date.optional().describe('When absent, 29 days before `to`'),
      to: date.optional().describe('Today, when absent'),
    }),
  },
  responses: { 200: answer('The usage', usageSchema), ...problems },
})
