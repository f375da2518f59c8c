import { z } from '@hono/zod-openapi'
import { dateTime } from './contract.ts'

/** Turns, messages and tool calls as clients receive them; each mirrors its type in turns/event.ts. */

export const toolCallSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    arguments: z.unknown(),
    result: z.unknown(),
    status: z.enum([
      'pending',
      'started',
      'completed',
      'failed',
      'unknown',
      'awaiting_approval',
      'approved',
      'denied',
      'dropped',
    ]),
    executed_at: dateTime.nullable(),
  })
  .openapi('ToolCall')

export const usageSchema = z.object({ input_tokens: z.int(), output_tokens: z.int() }).openapi('Usage')

const contextSchema = z
  .object({
    messages: z.int().describe('of the conversation, including the new one'),
    tokens: z
      .int()
      .describe('including instructions and tools; as the provider counted them, else an estimate'),
    limit: z.int().nullable().describe('null: no limit'),
    summarised: z.boolean().describe('A summary stood for what came before the messages'),
  })
  .openapi('Context', { description: 'What the model was given for the last step of an answer' })

const errorSchema = z.object({ code: z.string(), detail: z.string() })

export const feedbackSchema = z
  .object({ value: z.enum(['positive', 'negative']), comment: z.string().nullable(), created_at: dateTime })
  .openapi('Feedback')

export const outcomeSchema = z
  .object({
    conversation_id: z.uuid(),
    turn_id: z.uuid(),
    message_id: z.uuid().nullable(),
    status: z.enum(['completed', 'awaiting_approval', 'cancelled', 'failed']),
    response: z.string(),
    tool_calls: z.array(toolCallSchema),
    usage: usageSchema,
    context: contextSchema.optional(),
    created_at: dateTime,
    error: errorSchema.optional(),
  })
  .openapi('Answer')

export const turnSchema = z
  .object({
    id: z.uuid(),
    conversation_id: z.uuid(),
    number: z.int(),
    kind: z
      .enum(['chat', 'reminder'])
      .describe('A reminder is a message of the assistant that no model wrote'),
    parent_turn_id: z.uuid().nullable(),
    live: z.boolean(),
    status: z.enum(['queued', 'running', 'awaiting_approval', 'completed', 'failed', 'cancelled']),
    message: z.string().nullable().describe('null for a reminder'),
    response: z.string().nullable(),
    tool_calls: z.array(toolCallSchema),
    feedback: feedbackSchema.nullable().describe("The user's feedback on the answer"),
    usage: usageSchema.nullable(),
    context: contextSchema.nullable(),
    error: errorSchema.nullable(),
    created_at: dateTime,
    started_at: dateTime.nullable(),
    finished_at: dateTime.nullable(),
  })
  .openapi('Turn')

/** Where a turn that is still running can be followed. */
export const pendingSchema = z
  .object({
    conversation_id: z.uuid(),
    turn_id: z.uuid(),
    status: z.enum(['queued', 'running']),
  })
  .openapi('PendingTurn')
