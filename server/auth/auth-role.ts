import { drizzle } from 'drizzle-orm/pg-proxy'
import { asRole, type Connection, type Database } from '../db/database.ts'

/** One transaction under the only role that may access the schema auth; it has access to nothing else. */
export const asAuthRole = <T>(db: Database, work: (connection: Connection) => Promise<T>): Promise<T> =>
  asRole(db, 'colloquy_auth', work)

type Run = (text: string, values: unknown[]) => Promise<unknown[][]>

/** A query builder for Better Auth: each statement, and each of its transactions, runs under the accounts' role. */
export function openAuthOrm(db: Database) {
  const runAlone: Run = (text, values) => asAuthRole(db, connection => connection.values(text, values))
  return Object.assign(ormOver(runAlone), {
    transaction: <T>(work: (orm: ReturnType<typeof ormOver>) => Promise<T>) =>
      inOneTransaction(db, runAlone, run => work(ormOver(run))),
  })
}

const ormOver = (run: Run) =>
  drizzle(async (text, values, method) => ({
    // A statement without a result returns one row per changed row instead: the caller counts them.
    rows: await run(method === 'execute' ? `${text} returning 1` : text, values),
  }))

/**
 * A transaction that begins with its first write. Better Auth's earlier reads take no locks and would see the same in
 * READ COMMITTED; and before the write it hashes a password, during which no connection should be held.
 */
async function inOneTransaction<T>(db: Database, runAlone: Run, work: (run: Run) => Promise<T>): Promise<T> {
  const finished = Promise.withResolvers<void>()
  finished.promise.catch(() => {})
  let begun: Promise<Connection> | undefined
  let ended: Promise<void> | undefined

  const begin = () =>
    new Promise<Connection>((resolve, reject) => {
      ended = asAuthRole(db, async connection => {
        resolve(connection)
        await finished.promise
      })
      ended.catch(reject)
    })
  const run: Run = async (text, values) => {
    if (!begun && text.startsWith('select')) return runAlone(text, values)
    begun ??= begin()
    return (await begun).values(text, values)
  }

  try {
    const result = await work(run)
    finished.resolve()
    await ended
    return result
  } catch (error) {
    finished.reject(error)
    await ended?.catch(() => {})
    throw error
  }
}
