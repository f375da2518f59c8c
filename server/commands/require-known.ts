import { findAccount } from '../auth/own-account.ts'
import type { Database } from '../db/database.ts'
import { isUserErased } from '../db/failure.ts'
import { isKnownUser } from '../store/user-export.ts'
import { CommandError } from './command.ts'

/** Catches a mistyped id before anything is done with it. */
export async function requireKnown(db: Database, user: string): Promise<void> {
  if (await findAccount(db, user)) return
  if (await isKnownUser(db, user).catch(error => refuseErased(user, error))) return
  throw new CommandError(`Nothing is stored of a user "${user}"; see: admin users`)
}

function refuseErased(user: string, error: unknown): never {
  if (isUserErased(error)) throw new CommandError(`The user "${user}" has been erased`)
  throw error
}
