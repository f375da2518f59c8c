import { createInterface } from 'node:readline/promises'
import { eraseUser, finishErasure } from '../turns/erase-user.ts'
import { withDatabase } from './admin-database.ts'
import { type Command, CommandError } from './command.ts'
import { requireKnown } from './require-known.ts'

export const adminErase: Command = {
  name: 'admin erase',
  summary: 'Erases a user with everything they have, for good',
  help: `Nobody can be this user again: a token for them is refused from then on. Instances that run stop their turns within
a second. Asks for the user's id to be typed again, unless told --yes.`,
  operands: ['USER'],
  options: [{ name: 'yes', summary: 'asks nothing' }],
  run: ({ USER: user = '', yes }) =>
    withDatabase(async db => {
      await requireKnown(db, user)
      if (yes !== 'true') await confirm(user)
      let isDone = await eraseUser({ db, sweeperDb: db, live: new Map() }, user)
      while (!isDone) isDone = await finishErasure({ db }, user)
      console.log(`Erased ${user}`)
      return 0
    }),
}

async function confirm(user: string): Promise<void> {
  if (!process.stdin.isTTY)
    throw new CommandError('Nobody is there to confirm; say --yes to erase without being asked')
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  const typed = await asking.question(`This cannot be undone. Type the id of the user to erase them: `)
  asking.close()
  if (typed.trim() !== user) throw new CommandError('Nothing was erased: that is another id')
}
