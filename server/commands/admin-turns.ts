import { listOpenTurns } from '../store/open-turns.ts'
import { withDatabase } from './admin-database.ts'
import { type Command, readCount } from './command.ts'
import { printTable } from './table.ts'

export const adminTurns: Command = {
  name: 'admin turns',
  summary: 'Lists the turns that are not over, the oldest first',
  help: `A stuck turn runs for longer than TURN_TIMEOUT_SECONDS, or without a living owner, or waits although nothing of its
conversation runs. By design there are none for longer than a few seconds while any instance lives; with --stuck the
exit code is 1 when there are.`,
  options: [
    { name: 'stuck', summary: 'only those that nothing seems to work on' },
    { name: 'limit', value: 'N', summary: 'how many (default 100, at most 10000)' },
  ],
  run: ({ stuck, limit }) =>
    withDatabase(async (db, { turnTimeoutSeconds }) => {
      const isStuck = stuck === 'true'
      const turns = await listOpenTurns(db, {
        stuck: isStuck,
        limitSeconds: turnTimeoutSeconds,
        limit: readCount('limit', limit, { min: 1, max: 10_000, fallback: 100 }),
      })
      printTable(
        ['user', 'turn', 'conversation', 'status', 'seconds', 'take-overs', 'owned'],
        turns.map(turn => [
          turn.user_id,
          turn.id,
          turn.conversation_id,
          turn.status,
          turn.age_seconds,
          turn.attempts,
          turn.is_owned ? 'yes' : 'no',
        ]),
      )
      return isStuck && turns.length > 0 ? 1 : 0
    }),
}
