import postgres from 'postgres'
import { migrate } from '../server/db/migrate.ts'
import { openPostgres } from '../server/db/postgres.ts'
import { createDatabase } from './world.ts'

export interface SeedSize {
  conversations: number
  messagesEach: number
}

/** Conversation n belongs to user n modulo this, and the ids are digests, so that anyone can name them. */
export const users = 10_000

/**
 * Fills a database with conversations that are over, half of a conversation's messages from each side. Straight into the
 * tables, under the owner: what is measured on it is reading and one turn at a time.
 */
export async function seed(
  server: string,
  name: string,
  { conversations, messagesEach }: SeedSize,
): Promise<string> {
  const url = await createDatabase(server, name)
  const db = openPostgres({ url, poolSize: 1, connectTimeoutSeconds: 10 })
  await migrate(db)
  await db.close()
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  await sql.unsafe('set synchronous_commit = off; set session_replication_role = replica')
  const turns = messagesEach / 2
  const batch = 20_000
  for (let from = 0; from < conversations; from += batch) {
    const to = Math.min(conversations, from + batch) - 1
    await sql.unsafe(`
      insert into colloquy.conversations (user_id, id, title, last_turn, head_turn, created_at, updated_at)
      select 'user' || n % ${users}, md5('c' || n)::uuid, 'Conversation ' || n, ${turns}, md5('t' || n || '.' || ${turns})::uuid,
             now() - n * interval '1 second', now() - n * interval '1 second'
        from generate_series(${from}, ${to}) n;
      insert into colloquy.turns (user_id, id, conversation_id, turn_no, parent_turn, live, status, context, started_at, finished_at)
      select 'user' || n % ${users}, md5('t' || n || '.' || t)::uuid, md5('c' || n)::uuid, t,
             case when t > 1 then md5('t' || n || '.' || t - 1)::uuid end, true, 'completed', '{}', now(), now()
        from generate_series(${from}, ${to}) n, generate_series(1, ${turns}) t;
      insert into colloquy.messages (user_id, conversation_id, seq, id, turn_id, role, status, content, live)
      select 'user' || n % ${users}, md5('c' || n)::uuid, s, md5('m' || n || '.' || s)::uuid, md5('t' || n || '.' || (s + 1) / 2)::uuid,
             case s % 2 when 1 then 'user' else 'assistant' end, case s % 2 when 0 then 'completed' end,
             'A message of ordinary length, with some words in it, number ' || s, true
        from generate_series(${from}, ${to}) n, generate_series(1, ${messagesEach}) s;
      insert into colloquy.tool_calls (user_id, turn_id, step, position, id, provider_call_id, name, arguments, result, status, effect)
      select 'user' || n % ${users}, md5('t' || n || '.1')::uuid, 1, 0, md5('k' || n)::uuid, 'call', 'add_task', '{}', '{}', 'completed', 'transaction'
        from generate_series(${from}, ${to}) n;
      insert into colloquy.idempotency_keys (user_id, key, turn_id, request_hash)
      select 'user' || n % ${users}, 'rest:' || n, md5('t' || n || '.1')::uuid, 'hash' from generate_series(${from}, ${to}) n;`)
  }
  await sql.unsafe('vacuum analyze')
  await sql.end()
  return url
}
