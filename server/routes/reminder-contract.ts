import { createRoute, z } from '@hono/zod-openapi'
import { readDueDate } from '../store/due-date.ts'
import { maxMinutesBefore, usualMinutesBefore } from '../store/reminders.ts'
import { taskLimits } from '../store/task-fields.ts'
import { wholeNumber } from '../wire/number.ts'
import {
  answer,
  dateTime,
  linkHeader,
  ofIdentified,
  ofUser,
  problem,
  problems,
  requiredBody,
  uuid,
} from './contract.ts'

const tags = ['Reminders']

const reminderSchema = z
  .object({
    id: z.uuid(),
    task_id: z.int(),
    title: z.string().describe("The task's"),
    task_completed: z.boolean().describe('It will not fire then, unless the task is reopened first'),
    remind_at: dateTime,
    minutes_before: z
      .int()
      .nullable()
      .describe('Tied to the due date, and moves with it; null: at its own time'),
    status: z.enum(['scheduled', 'fired', 'cancelled']),
    late: z.boolean().describe('It came due while no server ran'),
    conversation_id: z.uuid().nullable().describe('Where it appears; null: in the conversation “Reminders”'),
    turn_id: z.uuid().nullable().describe('The turn that told it'),
    fired_at: dateTime.nullable(),
    created_at: dateTime,
  })
  .openapi('Reminder')

const instant = z.string().transform((text, context) => {
  const date = readDueDate(text)
  if (date) return date
  context.addIssue({
    code: 'custom',
    message: 'must be an ISO 8601 date and time with an offset, that exists',
  })
  return z.NEVER
})

const newReminder = z
  .object({
    task_id: wholeNumber(1, taskLimits.id),
    remind_at: instant.optional().describe('When: ISO 8601 with an offset'),
    minutes_before: wholeNumber(0, maxMinutesBefore)
      .optional()
      .describe(`How long before the task is due: ${usualMinutesBefore} when neither is given`),
    conversation_id: uuid
      .nullish()
      .describe('Where it should appear; the conversation “Reminders” when absent'),
  })
  .refine(
    given => given.remind_at === undefined || given.minutes_before === undefined,
    'remind_at and minutes_before exclude each other',
  )

export const create = createRoute({
  method: 'post',
  path: '/api/{user_id}/reminders',
  tags,
  summary: 'Schedule a reminder for a task',
  description:
    'When it is due it appears once, as a message of the assistant. Posting the same reminder again gives the one there is.',
  request: { params: ofUser, body: requiredBody(newReminder) },
  responses: {
    201: answer('The reminder', reminderSchema),
    ...problems,
    404: problem('The user has no such task or conversation', 'conversation_not_found', 'task_not_found'),
    409: problem('The task is completed, or too many reminders are scheduled', 'conflict'),
  },
})

export const list = createRoute({
  method: 'get',
  path: '/api/{user_id}/reminders',
  tags,
  summary: 'List reminders in the order of their times',
  request: {
    params: ofUser,
    query: z.object({
      status: z.enum(['scheduled', 'fired', 'cancelled']).optional().describe('All when not given'),
      limit: wholeNumber(1, 200).default(50),
      after: z.string().max(200).optional().describe('From the Link header of the page before'),
    }),
  },
  responses: {
    200: { ...answer('This page', z.array(reminderSchema)), headers: linkHeader },
    ...problems,
  },
})

export const remove = createRoute({
  method: 'delete',
  path: '/api/{user_id}/reminders/{id}',
  tags,
  summary: 'Cancel a reminder',
  request: { params: ofIdentified },
  responses: {
    204: { description: 'It will not fire' },
    ...problems,
    404: problem('The user has no such reminder', 'reminder_not_found'),
    409: problem('It has fired already', 'conflict'),
  },
})
