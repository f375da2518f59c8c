import { listAccounts } from '../auth/account-list.ts'
import { isUserErased } from '../db/failure.ts'
import { countOfUser, listKnownUsers, type UserCounts } from '../store/known-users.ts'
import { withDatabase } from './admin-database.ts'
import { type Command, readCount } from './command.ts'
import { printTable } from './table.ts'

export const adminUsers: Command = {
  name: 'admin users',
  summary: 'Lists everyone who has anything here, with how much of it',
  help: 'In the order of their ids. The last line says how the list goes on, when it does.',
  options: [
    { name: 'after', value: 'ID', summary: 'begins behind this one' },
    { name: 'limit', value: 'N', summary: 'how many (default 50, at most 1000)' },
  ],
  run: ({ after = '', limit }) =>
    withDatabase(async db => {
      const count = readCount('limit', limit, { min: 1, max: 1000, fallback: 50 })
      // One more row than shown tells whether there are more.
      const accounts = new Map((await listAccounts(db, after, count + 1)).map(each => [each.id, each]))
      const others = [...accounts.keys()]
      const ids = await listKnownUsers(db, { after, limit: count + 1, others })
      const shown = ids.slice(0, count)
      const rows: (string | number)[][] = []
      for (const id of shown) {
        const counts = await countOfUser(db, id).catch(nothingIfErased)
        rows.push([
          id,
          accounts.get(id)?.email ?? '-',
          counts.conversations,
          counts.turns,
          counts.tasks,
          counts.last_active_at ? new Date(counts.last_active_at).toISOString() : '-',
        ])
      }
      printTable(['user', 'e-mail', 'conversations', 'turns', 'tasks', 'last active'], rows)
      if (ids.length > count) console.log(`More: --after ${shown.at(-1)}`)
      return 0
    }),
}

/** Zero counts for a user who is being erased right now. */
function nothingIfErased(error: unknown): UserCounts {
  if (isUserErased(error)) return { conversations: 0, turns: 0, tasks: 0, last_active_at: null }
  throw error
}
