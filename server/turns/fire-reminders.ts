import { randomUUIDv7 } from 'node:crypto'
import { reminderWords } from '../agent/reminder-words.ts'
import { isDatabaseAway } from '../db/failure.ts'
import {
  type DueReminder,
  type Fired,
  findDueReminder,
  fireReminder,
  listDueReminders,
  type ReminderName,
} from '../store/due-reminders.ts'
import type { TurnContext } from '../store/turns.ts'
import { reminderFired } from '../telemetry/turn-events.ts'
import type { Engine } from './engine.ts'

const remindersPerBeat = 500
/** Instances beat once a second: a longer delay means that no instance was running. */
const lateSeconds = 120
const attempts = 3

/**
 * Delivers each due reminder once, by whichever instance comes first; a failure does not hold up the others. Delivery
 * is one commit: a process that dies before it has delivered nothing, and after it has nothing left to do.
 */
export async function fireReminders(engine: Engine): Promise<void> {
  for (const { user_id: userId, id } of await listDueReminders(engine.sweeperDb, remindersPerBeat)) {
    if (engine.draining) return
    try {
      await fire(engine, { userId, id })
    } catch (error) {
      if (isDatabaseAway(error)) throw error
      engine.log.error({ err: error, reminder_id: id, user_id: userId }, 'reminder failed')
    }
  }
}

/** The text describes the task as it was read; if the task has changed by then, the text is made again. */
async function fire(engine: Engine, name: ReminderName): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const due = await findDueReminder(engine.db, name, lateSeconds)
    if (!due) return
    const { seen, late } = due
    const told = { seen, late, context: contextOf(due), turnId: randomUUIDv7() }
    const fired: Fired = await fireReminder(engine.db, name, told)
    if (fired.outcome === 'changed') continue
    if (fired.outcome !== 'gone') {
      reminderFired(engine.telemetry, { reminder_id: name.id, user_id: name.userId, late, ...fired })
      engine.userEvents.hurry(name.userId)
    }
    return
  }
}

const contextOf = (due: DueReminder): TurnContext => ({
  now: new Date(due.now).toISOString(),
  time_zone: due.time_zone,
  locale: due.locale,
  reminder: reminderWords(due),
})
