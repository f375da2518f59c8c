import type { AuthenticatedUser } from '../auth/authenticated-user.ts'
import { findAccount } from '../auth/own-account.ts'
import { type Database, withUser } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { requireConversation } from '../store/conversations.ts'
import * as userExport from '../store/user-export.ts'
import type { Engine } from '../turns/engine.ts'
import { eraseUser } from '../turns/erase-user.ts'
import { createApi, inAnyForm } from './api.ts'
import { attachment } from './attachment.ts'
import { writeJson, writeMarkdown } from './conversation-document.ts'
import { erase, exportConversation, exportUser } from './user-data-contract.ts'

/** Lets users export all their data, or have it erased. */
export function userDataRoutes({ db, engine }: { db: Database; engine: Engine }) {
  const api = createApi()

  api.openapi(exportUser, async c => {
    const { id: userId } = c.var.user
    const account = await findAccount(db, userId)
    const pieces = userExport.exportUser(db, userId, account)
    return inAnyForm(await attachment(pieces, { name: 'colloquy-export.json', type: 'application/json' }))
  })

  api.openapi(exportConversation, async c => {
    const { id: userId } = c.var.user
    const { id } = c.req.valid('param')
    const conversation = await withUser(db, userId, tx => requireConversation(tx, userId, id))
    const [write, type, ending] = forms[c.req.valid('query').format]
    const named = { name: `conversation.${ending}`, title: `${conversation.title}.${ending}`, type }
    return inAnyForm(await attachment(write(db, userId, conversation), named))
  })

  api.openapi(erase, async c => {
    await confirm(db, c.var.user, c.req.valid('json').confirm)
    return c.body(null, (await eraseUser(engine, c.var.user.id)) ? 204 : 202)
  })

  return api
}

const forms = {
  json: [writeJson, 'application/json', 'json'],
  markdown: [writeMarkdown, 'text/markdown; charset=utf-8', 'md'],
} as const

/** The account is checked last: an earlier attempt of the same request may already have deleted it. */
async function confirm(db: Database, user: AuthenticatedUser, typed: string): Promise<void> {
  const isUser = (known: string | undefined) => known?.toLowerCase() === typed.trim().toLowerCase()
  if (typed.trim() === user.id || isUser(user.email)) return
  if (isUser((await findAccount(db, user.id))?.email)) return
  throw new AppError('invalid', 'confirm: must be your e-mail address or your user id')
}
