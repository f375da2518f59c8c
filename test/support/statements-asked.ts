import { AsyncLocalStorage } from 'node:async_hooks'
import type { Database } from '../../server/db/database.ts'

/**
 * Notes every use of a database on behalf of the work given to `during`; what others do meanwhile, as the pulse of a
 * server, is not of that work. It looks at the object that all parts of a server share, so nothing goes around it.
 */
export function watchDatabase(db: Database) {
  const uses = new AsyncLocalStorage<string[]>()
  for (const member of ['query', 'values', 'script', 'shared', 'transaction', 'orm'] as const) {
    const original = db[member]
    Object.defineProperty(db, member, {
      configurable: true,
      get() {
        uses.getStore()?.push(member)
        return original
      },
    })
  }
  return {
    async during<T>(work: () => T | Promise<T>): Promise<{ result: Awaited<T>; uses: string[] }> {
      const noted: string[] = []
      return { result: await uses.run(noted, work), uses: noted }
    },
  }
}
