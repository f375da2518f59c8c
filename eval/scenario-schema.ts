import { z } from 'zod'
import { priorities, recurrences } from '../server/store/task-fields.ts'
import { canonicalZone } from '../server/wall-clock.ts'
import { type Expected, readPattern } from './matching.ts'

/** A file of scenarios, as docs/evaluation.md describes it. Unknown keys are mistakes: a misspelt expectation would pass. */

const toolNames = [
  'add_task',
  'list_tasks',
  'search_tasks',
  'complete_task',
  'reopen_task',
  'update_task',
  'delete_task',
  'get_current_user',
] as const

const tool = z.enum(toolNames)

const instant = z.string().refine(text => /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)), {
  error: 'must be an instant such as 2026-03-02T09:00:00Z',
})

/** Text to compare, or a regular expression between slashes. */
const matcher = z.string().refine(text => readPattern(text) !== 'broken', {
  error: 'is not a regular expression that can be read',
})

const expected: z.ZodType<Expected> = z.lazy(() =>
  z.union([matcher, z.number(), z.boolean(), z.null(), z.array(expected), z.record(z.string(), expected)]),
)

const fields = z.record(z.string(), expected)

const givenTask = z
  .strictObject({
    title: z.string().min(1),
    completed: z.boolean().default(false),
    priority: z.enum(priorities).optional(),
    tags: z.array(z.string()).optional(),
    due_date: instant.optional(),
    description: z.string().optional(),
    recurrence: z.enum(recurrences).optional(),
    created_at: instant.optional(),
    completed_at: instant.optional(),
  })
  .refine(({ recurrence, due_date }) => !recurrence || due_date, 'recurrence: needs a due_date')

const taskAfter = z.strictObject({
  id: z.int().optional(),
  title: matcher.optional(),
  completed: z.boolean().optional(),
  priority: matcher.optional(),
  tags: z.array(z.string()).optional(),
  due_date: matcher.nullish(),
  description: matcher.nullish(),
  recurrence: z.enum(recurrences).nullish(),
})

const turn = z
  .strictObject({
    say: z.string().min(1),
    tools: z.array(z.strictObject({ name: tool, arguments: fields.optional() })).optional(),
    tools_among: z.array(tool).optional(),
    status: z.enum(['completed', 'awaiting_approval']).optional(),
    reply: z.array(matcher).optional(),
    reply_not: z.array(matcher).optional(),
  })
  .refine(({ tools, tools_among }) => !(tools && tools_among), 'has both tools and tools_among')

const scenario = z
  .strictObject({
    name: z.string().min(1),
    now: instant.default('2026-03-02T09:00:00Z'),
    time_zone: z
      .string()
      .refine(zone => canonicalZone(zone) !== undefined, 'must be an IANA time zone')
      .default('UTC'),
    tasks: z.array(givenTask).default([]),
    others: z.array(givenTask).default([]),
    turns: z.array(turn).min(1),
    tasks_after: z.array(taskAfter).optional(),
    never: z.array(tool).default([]),
    unchanged: z.literal(true).optional(),
  })
  .refine(expectsSomething, 'expects nothing, so it could not fail')

export const scenarioFile = z.strictObject({
  category: z.string().regex(/^[a-z0-9-]+$/, 'must be lower-case words with dashes'),
  critical: z.boolean().default(false),
  scenarios: z.array(scenario).min(1),
})

export type GivenTask = z.output<typeof givenTask>
export type ExpectedTurn = z.output<typeof turn>
export type Scenario = z.output<typeof scenario> & { category: string; critical: boolean; file: string }

interface Expecting {
  turns: z.output<typeof turn>[]
  tasks_after?: unknown
  unchanged?: unknown
  never: unknown[]
}

function expectsSomething({ turns, tasks_after, unchanged, never }: Expecting): boolean {
  const ofTurns = turns.some(({ say: _say, ...expectations }) => Object.keys(expectations).length > 0)
  return ofTurns || tasks_after !== undefined || unchanged !== undefined || never.length > 0
}
