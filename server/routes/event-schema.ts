import { z } from '@hono/zod-openapi'
import { outcomeSchema, toolCallSchema, turnSchema, usageSchema } from './turn-schema.ts'

/** The events of event streams; mirrors TurnEvent and UserEvent of turns/event.ts. */

const ofTurn = { turn_id: z.uuid() }
const place = { step: z.int(), part: z.int().describe("Index in the answer's list of parts") }
const step = z.int().describe('The model call that made it, from 1; 0: an approved call')

const partSchema = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('text'), step, text: z.string() }),
    z.object({ type: z.literal('reasoning'), step, text: z.string() }),
    z.object({ type: z.literal('tool_call'), step, tool_call: toolCallSchema }),
  ])
  .openapi('Part')

const delta = <Type extends string>(type: Type) =>
  z.object({ type: z.literal(type), ...ofTurn, ...place, delta: z.string() })
const tool = <Type extends string>(type: Type) =>
  z.object({ type: z.literal(type), ...ofTurn, ...place, tool_call: toolCallSchema })
const end = <Type extends string>(type: Type) => z.object({ type: z.literal(type), ...outcomeSchema.shape })

export const turnEventSchema = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('turn.started'), ...ofTurn, conversation_id: z.uuid() }),
    z.object({
      type: z.literal('turn.snapshot'),
      ...ofTurn,
      conversation_id: z.uuid(),
      status: turnSchema.shape.status,
      parts: z.array(partSchema).describe('Replaces whatever was shown of the answer'),
    }),
    delta('text.delta'),
    delta('reasoning.delta'),
    tool('tool.called'),
    tool('tool.approval_requested'),
    tool('tool.finished'),
    z.object({ type: z.literal('step.finished'), ...ofTurn, step: z.int(), usage: usageSchema }),
    end('turn.completed'),
    end('turn.failed'),
    end('turn.cancelled'),
    z.object({
      type: z.literal('conversation.updated'),
      ...ofTurn,
      conversation_id: z.uuid(),
      title: z.string(),
    }),
  ])
  .openapi('TurnEvent')

export const userEventSchema = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('conversation.updated'),
      conversation_id: z.uuid().nullable(),
      active_turn_id: z.uuid().nullable(),
    }),
    z.object({ type: z.literal('tasks.updated'), version: z.int() }),
  ])
  .openapi('UserEvent')
