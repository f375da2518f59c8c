import { type Database, withUser } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { requireConversation } from '../store/conversations.ts'
import {
  cancelReminder,
  insertReminder,
  type ListedReminder,
  pageReminders,
  type ReminderPage,
  usualMinutesBefore,
} from '../store/reminders.ts'
import { createApi } from './api.ts'
import { linkTo } from './link.ts'
import { timeZoneOf } from './post-message.ts'
import { create, list, remove } from './reminder-contract.ts'

export function reminderRoutes({ db }: { db: Database }) {
  const api = createApi()

  api.openapi(create, async c => {
    const { id: userId } = c.var.user
    const { task_id, remind_at, minutes_before, conversation_id } = c.req.valid('json')
    const wanted = {
      taskId: task_id,
      remindAt: remind_at,
      minutesBefore: minutes_before ?? usualMinutesBefore,
      conversationId: conversation_id ?? undefined,
      timeZone: timeZoneOf(c),
      locale: undefined,
    }
    const { reminder, task } = await withUser(db, userId, async tx => {
      if (wanted.conversationId) await requireConversation(tx, userId, wanted.conversationId)
      return insertReminder(tx, userId, wanted)
    })
    return c.json(viewReminder({ ...reminder, title: task.title, completedAt: null }), 201)
  })

  api.openapi(list, async c => {
    const { id: userId } = c.var.user
    const { status, limit, after } = c.req.valid('query')
    const page = { status, after: after === undefined ? undefined : cursorOf(after), limit: limit + 1 }
    const found = await withUser(db, userId, tx => pageReminders(tx, userId, page))
    const shown = found.slice(0, limit)
    const last = shown.at(-1)
    if (found.length > limit && last) c.header('Link', linkTo(c.req.url, 'next', { after: placeOf(last) }))
    return c.json(shown.map(viewReminder), 200)
  })

  api.openapi(remove, async c => {
    const { id: userId } = c.var.user
    await withUser(db, userId, tx => cancelReminder(tx, userId, c.req.valid('param').id))
    return c.body(null, 204)
  })

  return api
}

const viewReminder = (reminder: ListedReminder) => ({
  id: reminder.id,
  task_id: reminder.taskId,
  title: reminder.title,
  task_completed: reminder.completedAt !== null,
  remind_at: reminder.remindAt.toISOString(),
  minutes_before: reminder.minutesBefore,
  status: reminder.status,
  late: reminder.late,
  conversation_id: reminder.conversationId,
  turn_id: reminder.turnId,
  fired_at: reminder.firedAt?.toISOString() ?? null,
  created_at: reminder.createdAt.toISOString(),
})

const placeOf = ({ remindAt, id }: ListedReminder) => `${remindAt.getTime()}_${id}`

function cursorOf(after: string): NonNullable<ReminderPage['after']> {
  const [, time, id] = /^(\d{1,15})_([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/.exec(after) ?? []
  if (!time || !id) throw new AppError('invalid', 'after: must come from a Link header')
  return { remindAt: new Date(Number(time)), id }
}
