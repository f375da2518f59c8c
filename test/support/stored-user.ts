import { randomUUID } from 'node:crypto'
import type { Database } from '../../server/db/database.ts'
import { storeConversation } from './stored-conversation.ts'

/**
 * Inserts a row for a user into every table with rows of users, each containing `word` where it has text. Tests that
 * walk all tables detect a table that is missing here.
 */
export async function storeEverything(
  db: Database,
  userId: string,
  word: string,
): Promise<{ conversation: string; turn: string }> {
  const conversation = await storeConversation(db, userId, { turns: 30, callEvery: 3 })
  const [last] = await db.query<{ turn: string }>(
    'select head_turn as turn from colloquy.conversations where user_id = $1 and id = $2',
    [userId, conversation],
  )
  const turn = last?.turn ?? ''
  const statements: [text: string, values: unknown[]][] = [
    [`update colloquy.conversations set title = $2 where user_id = $1`, [word]],
    [`update colloquy.messages set content = content || ' ' || $2 where user_id = $1`, [word]],
    [
      `insert into colloquy.idempotency_keys (user_id, key, turn_id, request_hash) values ($1, $2, $3, 'h')`,
      [`rest:${word}`, turn],
    ],
    [
      `insert into colloquy.turn_deltas (user_id, turn_id, epoch, seq, step, part, kind, delta)
       values ($1, $2, 1, 1, 1, 0, 'text', $3)`,
      [turn, word],
    ],
    [`insert into colloquy.task_counters (user_id, last_task_id) values ($1, 20)`, []],
    [
      `insert into colloquy.tasks (user_id, id, title) select $1, n, $2 || n from generate_series(1, 20) n`,
      [word],
    ],
    [
      `insert into colloquy.reminders (user_id, id, task_id, remind_at) values ($1, $2, 1, now() + interval '1 year')`,
      [randomUUID()],
    ],
    [`insert into colloquy.user_settings (user_id, time_zone) values ($1, 'Asia/Karachi')`, []],
    [`insert into colloquy.user_changes (user_id, tasks) values ($1, 3)`, []],
    [`insert into colloquy.turn_counters (user_id, minute, turns) values ($1, now(), 3)`, []],
    [
      `insert into colloquy.usage (user_id, hour, model, turns, input_tokens, output_tokens)
       values ($1, now(), $2, 1, 10, 5)`,
      [word],
    ],
    [
      `insert into colloquy.external_ids (user_id, external_id, conversation_id) values ($1, $2, $3)`,
      [word, conversation],
    ],
    [
      `insert into colloquy.summaries (user_id, conversation_id, number, covers_until, last_turn, content, model, usage)
       values ($1, $2, 1, 20, $3, $4, 'compatible/test', '{"input_tokens": 1, "output_tokens": 1}')`,
      [conversation, turn, word],
    ],
    [
      `insert into colloquy.feedback (user_id, turn_id, value, comment) values ($1, $2, 'positive', $3)`,
      [turn, word],
    ],
  ]
  for (const [text, values] of statements) await db.query(text, [userId, ...values])
  return { conversation, turn }
}

/** Inserts account data that signing up does not create. */
export const storeVerification = (db: Database, userId: string) =>
  db.query(
    `insert into auth.verification (id, identifier, value, "expiresAt")
     values ($1, 'reset-password:' || $1, $2, now() + interval '1 hour')`,
    [randomUUID(), userId],
  )
