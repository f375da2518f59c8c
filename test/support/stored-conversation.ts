import { randomUUID } from 'node:crypto'
import type { Database } from '../../server/db/database.ts'

/**
 * Inserts a conversation of completed turns directly: message 2n-1 is `question n`, 2n is `answer n`. Every turn whose
 * number is a multiple of `callEvery` has listed its tasks before answering. Returns the conversation's id.
 */
export async function storeConversation(
  db: Database,
  userId: string,
  { turns, callEvery }: { turns: number; callEvery?: number },
): Promise<string> {
  const conversation = randomUUID()
  const every = callEvery ?? turns + 1
  await db.transaction(async tx => {
    await tx.query(
      `insert into colloquy.conversations (user_id, id, title, last_turn) values ($1, $2, 'A long one', $3)`,
      [userId, conversation, turns],
    )
    await tx.query(
      `insert into colloquy.turns (user_id, id, conversation_id, turn_no, live, status, context, started_at, finished_at)
       select $1, gen_random_uuid(), $2, n, true, 'completed', '{}', now(), now() from generate_series(1, $3::int) n`,
      [userId, conversation, turns],
    )
    await tx.query(
      `update colloquy.turns t set parent_turn = p.id from colloquy.turns p
        where t.user_id = $1 and t.conversation_id = $2 and p.user_id = $1 and p.conversation_id = $2
          and p.turn_no = t.turn_no - 1`,
      [userId, conversation],
    )
    await tx.query(
      `update colloquy.conversations c set head_turn = t.id from colloquy.turns t
        where c.user_id = $1 and c.id = $2 and t.user_id = $1 and t.conversation_id = $2 and t.turn_no = c.last_turn`,
      [userId, conversation],
    )
    await tx.query(
      `insert into colloquy.tool_calls (user_id, turn_id, step, position, id, provider_call_id, name, arguments, result,
                                        status, effect, started_at, finished_at)
       select user_id, id, 1, 0, gen_random_uuid(), 'call_1', 'list_tasks', '{"status": "all"}',
              jsonb_build_object('tasks', '[]'::jsonb, 'of_turn', turn_no), 'completed', 'transaction', now(), now()
         from colloquy.turns where user_id = $1 and conversation_id = $2 and turn_no % $3::int = 0`,
      [userId, conversation, every],
    )
    await tx.query(
      `insert into colloquy.messages (user_id, conversation_id, seq, id, turn_id, role, status, content, parts, live)
       select t.user_id, t.conversation_id, 2 * t.turn_no - 1 + side, gen_random_uuid(), t.id,
              case side when 0 then 'user' else 'assistant' end, case side when 1 then 'completed' end,
              case side when 0 then 'question ' else 'answer ' end || t.turn_no,
              case when side = 1 and c.id is not null then jsonb_build_array(
                jsonb_build_object('type', 'tool_call', 'step', 1, 'id', c.id),
                jsonb_build_object('type', 'text', 'step', 2, 'text', 'answer ' || t.turn_no)) end, true
         from colloquy.turns t
         cross join generate_series(0, 1) side
         left join colloquy.tool_calls c on c.user_id = t.user_id and c.turn_id = t.id
        where t.user_id = $1 and t.conversation_id = $2`,
      [userId, conversation],
    )
  })
  return conversation
}
