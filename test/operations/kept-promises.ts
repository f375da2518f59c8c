import { openPostgres } from '../../server/db/postgres.ts'
import type { Load } from './load.ts'

/** What the database says of a load that is over, beside what its clients were told. */
export async function brokenPromises(databaseUrl: string, load: Load): Promise<string[]> {
  const db = openPostgres({ url: databaseUrl, poolSize: 1, connectTimeoutSeconds: 10 })
  try {
    const broken = [...load.wrong]
    for (const userId of load.userIds) {
      const told = load.told.filter(each => each.userId === userId).map(each => each.turnId)
      const [row] = await db.query<{ turns: string[]; statuses: string[]; tasks: number; seqs: number[] }>(
        `select (select array_agg(id::text order by turn_no) from colloquy.turns where user_id = $1) as turns,
                (select array_agg(distinct status) from colloquy.turns where user_id = $1) as statuses,
                (select count(*)::int from colloquy.tasks where user_id = $1) as tasks,
                (select array_agg(seq order by seq) from colloquy.messages where user_id = $1) as seqs`,
        [userId],
      )
      const expected = {
        turns: told,
        statuses: ['completed'],
        tasks: told.length,
        seqs: Array.from({ length: 2 * told.length }, (_, n) => n + 1),
      }
      const [is, was] = [JSON.stringify(row), JSON.stringify(expected)]
      if (is !== was) broken.push(`${userId}: stored ${is} and told ${was}`)
    }
    return broken
  } finally {
    await db.close()
  }
}
