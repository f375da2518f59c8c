import { z } from 'zod'
import { changedTaskFields, newTaskFields, taskLimits, wordOf } from '../store/task-fields.ts'
import { optionally, taskFilterFields } from '../store/task-filter.ts'
import { directions, sorts } from '../store/task-order.ts'
import { canonicalZone } from '../wall-clock.ts'
import { wholeNumber } from '../wire/number.ts'
import { type ToolContext, ToolError } from './tool.ts'

/** Arguments of the task tools. Models write numbers as text and empty text for nothing; both are accepted. */

const ownUser = { user_id: optionally(z.string()).describe('The id of the current user; may be left out') }

const clearable = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .preprocess(given => (typeof given === 'string' && given.trim() === '' ? null : given), schema.optional())
    .optional()
    .describe(schema.description ?? '')

const { description, priority, tags, due_date, recurrence } = newTaskFields.shape
const optionalFields = {
  description: clearable(description),
  priority: clearable(priority),
  tags: clearable(tags),
  due_date: clearable(due_date),
  recurrence: clearable(recurrence),
}

export const noArguments = z.object(ownUser)

export const aTask = z.object({
  ...ownUser,
  task_id: wholeNumber(1, taskLimits.id).describe("The task's number"),
})

export const aNewTask = z.object({ ...ownUser, title: newTaskFields.shape.title, ...optionalFields })

export const aChange = z
  .object({ ...aTask.shape, title: changedTaskFields.shape.title, ...optionalFields })
  .refine(
    ({ user_id: _user, task_id: _task, ...fields }) =>
      Object.values(fields).some(value => value !== undefined),
    'at least one field to change must be given',
  )

const limit = optionally(wholeNumber(1, 200)).describe('How many tasks at most: 100 when not given')

export const aList = z.object({
  ...ownUser,
  ...taskFilterFields,
  sort: optionally(wordOf(sorts)).describe('created_at when not given'),
  order: optionally(wordOf(directions)).describe(
    'When not given: newest, soonest due, or high priority first',
  ),
  limit,
})

export const aSearch = z.object({
  ...ownUser,
  query: newTaskFields.shape.title.describe('A part of the title or the description, in any case'),
  status: taskFilterFields.status,
  limit,
})

/** The user whose tasks a call uses: always the caller, whatever the model was persuaded to write. */
export function userOf(args: { user_id?: string | undefined }, { userId }: ToolContext): string {
  if (args.user_id !== undefined && args.user_id !== userId) {
    throw new ToolError('Only your own tasks can be used', 'forbidden')
  }
  return userId
}

export const zoneOf = ({ timeZone }: ToolContext): string => canonicalZone(timeZone) ?? 'UTC'
