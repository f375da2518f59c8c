import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { findAccount } from '../auth/own-account.ts'
import { exportUser } from '../store/user-export.ts'
import { withDatabase } from './admin-database.ts'
import { type Command, CommandError } from './command.ts'
import { requireKnown } from './require-known.ts'

export const adminExport: Command = {
  name: 'admin export',
  summary: 'Writes everything that is stored of a user, as one JSON document',
  help: 'To standard output unless a file is named; the file is readable by you alone, and none is replaced.',
  operands: ['USER'],
  options: [{ name: 'output', value: 'FILE', summary: 'a new file' }],
  run: ({ USER: user = '', output }) =>
    withDatabase(async db => {
      await requireKnown(db, user)
      const pieces = exportUser(db, user, await findAccount(db, user))
      if (output === undefined) await pipeline(pieces, process.stdout, { end: false })
      else await writeNew(output, pieces)
      return 0
    }),
}

/** An incomplete file is removed: it is not an export. */
async function writeNew(path: string, pieces: AsyncIterable<string>): Promise<void> {
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 })
  try {
    await pipeline(pieces, file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST') throw new CommandError(`${path} is there already; name a new file`)
    if (code !== 'ENOENT') await rm(path, { force: true })
    throw error
  }
}
