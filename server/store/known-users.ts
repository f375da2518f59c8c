import { sql } from 'drizzle-orm'
import { asRole, type Database, evaluate, withUser } from '../db/database.ts'

/** Every user with any data here, whoever issued their identity: for operators. */

export interface UserCounts {
  conversations: number
  turns: number
  tasks: number
  last_active_at: string | null
}

/**
 * Ids after `after` in the database's order, merged with `others`, which are known from elsewhere. Skips through the
 * index from user to user, without reading each user's rows.
 */
export const listKnownUsers = (
  db: Database,
  { after, limit, others }: { after: string; limit: number; others: string[] },
): Promise<string[]> =>
  asRole(db, 'colloquy_sweeper', async connection => {
    const rows = await connection.query<{ user_id: string }>(
      `with recursive having_conversations (user_id) as (
         (select user_id from colloquy.conversations where user_id > $1 order by user_id limit 1)
         union all
         select (select c.user_id from colloquy.conversations c where c.user_id > h.user_id order by c.user_id limit 1)
           from having_conversations h where h.user_id is not null)
       select user_id from (
         (select user_id from having_conversations where user_id is not null limit $2)
         union (select user_id from colloquy.user_changes where user_id > $1 order by user_id limit $2)
         union select unnest($3::text[])) u
        where user_id > $1 order by user_id limit $2`,
      [after, limit, others],
    )
    return rows.map(row => row.user_id)
  })

/** Counted as that user: row-level security applies to operators, too. */
export const countOfUser = (db: Database, userId: string): Promise<UserCounts> =>
  withUser(db, userId, tx =>
    evaluate<UserCounts>(
      tx,
      sql`(select json_build_object(
        'conversations', (select count(*) from colloquy.conversations where user_id = ${userId}),
        'turns', (select count(*) from colloquy.turns where user_id = ${userId}),
        'tasks', (select count(*) from colloquy.tasks where user_id = ${userId}),
        'last_active_at', (select max(updated_at) from colloquy.conversations where user_id = ${userId})))`,
    ),
  )
