import { AsyncLocalStorage } from 'node:async_hooks'
import type { Database } from '../../server/db/database.ts'

/**
 * Records every use of a database by the work given to `during`; concurrent uses by others, such as a server's pulse,
 * are not counted. It wraps the object that all parts of a server share, so nothing bypasses it.
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
