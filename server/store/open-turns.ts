import { asRole, type Database } from '../db/database.ts'

/** Turns that are not over, across users, for operators. Runs as the sweeper's role. */

export interface OpenTurns {
  queued: number
  running: number
  /** Running without a living owner: the next beat of any instance takes them over. */
  ownerless: number
}

const isOwned = `exists (select from colloquy.instances i where i.id = t.owner and i.lease_until > now())`

/** Served by the partial indexes turns_queued and turns_running_key. */
export const countOpenTurns = (db: Database): Promise<OpenTurns> =>
  asRole(db, 'colloquy_sweeper', async connection => {
    const [counts] = await connection.query<OpenTurns>(
      `select (select count(*) from colloquy.turns where status = 'queued')::int as queued,
              (select count(*) from colloquy.turns where status = 'running')::int as running,
              (select count(*) from colloquy.turns t where t.status = 'running' and not ${isOwned})::int as ownerless`,
    )
    return counts ?? { queued: 0, running: 0, ownerless: 0 }
  })

export interface OpenTurn {
  user_id: string
  id: string
  conversation_id: string
  status: 'queued' | 'running'
  attempts: number
  age_seconds: number
  is_owned: boolean
}

/**
 * Oldest first. `stuck`: only turns that nothing seems to work on: running for longer than `limitSeconds` or without a
 * living owner, or queued although no turn of their conversation is running.
 */
export const listOpenTurns = (
  db: Database,
  { stuck, limitSeconds, limit }: { stuck: boolean; limitSeconds: number; limit: number },
): Promise<OpenTurn[]> =>
  asRole(db, 'colloquy_sweeper', connection =>
    connection.query<OpenTurn>(
      `select t.user_id, t.id, t.conversation_id, t.status, t.attempts, ${isOwned} as is_owned,
              extract(epoch from now() - coalesce(t.started_at, t.created_at))::int as age_seconds
         from colloquy.turns t
        where t.status in ('queued', 'running')
          and (not $1 or case t.status
                 when 'running' then not ${isOwned} or t.started_at < now() - make_interval(secs => $2)
                 else not exists (select from colloquy.turns r where r.user_id = t.user_id
                        and r.conversation_id = t.conversation_id and r.status = 'running' and r.kind <> 'summary') end)
        order by t.created_at limit $3`,
      [stuck, limitSeconds, limit],
    ),
  )
