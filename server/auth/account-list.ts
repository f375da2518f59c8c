import type { Database } from '../db/database.ts'
import { asAuthRole } from './auth-role.ts'

export interface ListedAccount {
  id: string
  name: string
  email: string
}

/** Users with an account here, after `after` in the database's order. */
export const listAccounts = (db: Database, after: string, limit: number): Promise<ListedAccount[]> =>
  asAuthRole(db, connection =>
    connection.query('select id, name, email from auth."user" where id > $1 order by id limit $2', [
      after,
      limit,
    ]),
  )
