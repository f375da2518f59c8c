import { withUser } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { listVersions } from '../store/turn-list.ts'
import { readVersion } from '../turns/steer-turn.ts'
import { createApi, inAnyForm } from './api.ts'
import { sayAndAnswer, type TurnRoutesContext } from './chat.ts'
import { checkLength } from './message-text.ts'
import { requireListedTurn, showTurn, viewTurn } from './turn-view.ts'
import { add, list, switchHead } from './version-contract.ts'

/** A turn and the other versions in its place. */
export function versionRoutes(context: TurnRoutesContext) {
  const { engine } = context
  const { db } = engine
  const api = createApi()

  api.openapi(list, async c => {
    const { id: userId } = c.var.user
    const turns = await withUser(db, userId, async tx =>
      listVersions(tx, userId, await requireListedTurn(tx, userId, c.req.valid('param').id)),
    )
    return c.json(turns.map(viewTurn), 200)
  })

  api.openapi(add, async c => {
    const { message } = c.req.valid('json')
    const target = await showTurn(db, { userId: c.var.user.id, turnId: c.req.valid('param').id })
    if (target.kind === 'reminder') throw new AppError('conflict', 'A reminder has no other versions')
    const said = {
      content: message === undefined ? undefined : checkLength(message),
      conversationId: target.conversation_id,
      targetTurnId: target.id,
      ifBusy: 'reject' as const,
    }
    return inAnyForm(await sayAndAnswer(c, context, said))
  })

  api.openapi(switchHead, async c => {
    const version = { conversationId: c.req.valid('param').id, turnId: c.req.valid('json').turn_id }
    return c.json({ head_turn_id: await readVersion(engine, c.var.user.id, version) }, 200)
  })

  return api
}
