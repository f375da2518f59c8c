import { listAccounts } from '../auth/account-list.ts'
import { type Database, withUser } from '../db/database.ts'
import { isUserErased } from '../db/failure.ts'
import { listKnownUsers } from '../store/known-users.ts'
import { listUsage, type UsageOfDay } from '../store/usage.ts'
import { withDatabase } from './admin-database.ts'
import { type Command, readCount } from './command.ts'
import { printTable } from './table.ts'

const usersPerPage = 200
const dayMs = 86_400_000

export const adminUsage: Command = {
  name: 'admin usage',
  summary: 'Says how many tokens each user had of each model',
  help: 'Whole days of UTC, today among them. Who used nothing is left out.',
  options: [
    { name: 'user', value: 'ID', summary: 'of this one alone' },
    { name: 'days', value: 'N', summary: 'how many days back (default 30, at most 3660)' },
  ],
  run: ({ user, days }) =>
    withDatabase(async db => {
      const count = readCount('days', days, { min: 1, max: 3660, fallback: 30 })
      const until = new Date(Math.ceil((Date.now() + 1) / dayMs) * dayMs)
      const range = { from: new Date(until.getTime() - count * dayMs), until }
      const rows: (string | number)[][] = []
      for await (const id of user === undefined ? allUsers(db) : [user]) {
        const used = await withUser(db, id, tx => listUsage(tx, id, range)).catch(noneIfErased)
        for (const [model, sum] of sumsByModel(used)) rows.push([id, model, sum.turns, sum.input, sum.output])
      }
      printTable(['user', 'model', 'turns', 'input tokens', 'output tokens'], rows)
      return 0
    }),
}

async function* allUsers(db: Database): AsyncGenerator<string> {
  for (let after = ''; ; ) {
    const others = (await listAccounts(db, after, usersPerPage)).map(each => each.id)
    const ids = await listKnownUsers(db, { after, limit: usersPerPage, others })
    yield* ids
    if (ids.length < usersPerPage) return
    after = ids.at(-1) ?? ''
  }
}

function sumsByModel(used: UsageOfDay[]) {
  const sums = new Map<string, { turns: number; input: number; output: number }>()
  for (const { model, turns, inputTokens, outputTokens } of used) {
    const sum = sums.get(model) ?? { turns: 0, input: 0, output: 0 }
    sums.set(model, {
      turns: sum.turns + turns,
      input: sum.input + inputTokens,
      output: sum.output + outputTokens,
    })
  }
  return sums
}

function noneIfErased(error: unknown): UsageOfDay[] {
  if (isUserErased(error)) return []
  throw error
}
