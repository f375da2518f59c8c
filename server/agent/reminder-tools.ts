import { z } from 'zod'
import {
  cancelTaskReminders,
  insertReminder,
  listScheduled,
  maxMinutesBefore,
  type OfTask,
  usualMinutesBefore,
} from '../store/reminders.ts'
import { newTaskFields } from '../store/task-fields.ts'
import { optionally } from '../store/task-filter.ts'
import { wholeNumber } from '../wire/number.ts'
import { toolDescriptions } from './instructions.ts'
import { aTask, noArguments, userOf } from './task-arguments.ts'
import { defineTool, type JsonObject, type Tool } from './tool.ts'

/** The most reminders a model is shown at once. */
const listedAtMost = 200

const aReminder = z.object({
  ...aTask.shape,
  remind_at: optionally(newTaskFields.shape.due_date).describe(
    'When to remind, at a fixed time: ISO 8601 in UTC, as 2026-11-27T12:00:00Z',
  ),
  minutes_before: optionally(wholeNumber(0, maxMinutesBefore)).describe(
    `How long before the task is due: ${usualMinutesBefore} when neither is given. Needs a due date, and moves with it`,
  ),
})

const { task_id } = aTask.shape
const title = z.string()
const remind_at = z.iso.datetime()

const setReminder = defineTool({
  name: 'set_reminder',
  description: toolDescriptions.set_reminder,
  input: aReminder,
  output: z.object({ task_id, title, remind_at, status: z.literal('scheduled') }),
  hints: { destructive: false, idempotent: true },
  effect: 'transaction',
  async run(args, context) {
    const { reminder, task } = await insertReminder(context.tx, userOf(args, context), {
      taskId: args.task_id,
      remindAt: args.remind_at ?? undefined,
      minutesBefore: args.minutes_before ?? usualMinutesBefore,
      conversationId: context.conversationId,
      timeZone: context.timeZone,
      locale: context.locale,
    })
    return { ...told({ reminder, task }), status: 'scheduled' }
  },
})

const told = ({ reminder, task }: OfTask): JsonObject => ({
  task_id: task.id,
  title: task.title,
  remind_at: reminder.remindAt.toISOString(),
})

const cancelReminder = defineTool({
  name: 'cancel_reminder',
  description: toolDescriptions.cancel_reminder,
  input: aTask,
  output: z.object({ task_id, title, status: z.literal('cancelled') }),
  hints: { destructive: false },
  effect: 'transaction',
  async run(args, context) {
    const task = await cancelTaskReminders(context.tx, userOf(args, context), args.task_id)
    return { task_id: task.id, title: task.title, status: 'cancelled' }
  },
})

const listReminders = defineTool({
  name: 'list_reminders',
  description: toolDescriptions.list_reminders,
  input: noArguments,
  output: z.object({ reminders: z.array(z.object({ task_id, title, remind_at })) }),
  hints: { readOnly: true, destructive: false, idempotent: true },
  effect: 'transaction',
  async run(args, context) {
    const listed = await listScheduled(context.tx, userOf(args, context), listedAtMost)
    const reminders = listed.map(({ taskId, title, remindAt }) => ({
      task_id: taskId,
      title,
      remind_at: remindAt.toISOString(),
    }))
    return { reminders }
  },
})

export const reminderTools: Tool[] = [setReminder, cancelReminder, listReminders]
