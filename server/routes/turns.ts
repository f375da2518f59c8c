import { withUser } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { findConversation } from '../store/conversations.ts'
import { listVersions, pageTurns } from '../store/turn-list.ts'
import { changeQueuedMessage, readVersion, stopTurn } from '../turns/steer-turn.ts'
import { createTurnEventEncoder } from '../wire/turn-events.ts'
import { createApi, inAnyForm } from './api.ts'
import { checkLength, sayAndAnswer, type TurnRoutesContext } from './chat.ts'
import { addVersion, cancel, edit, events, list, read, switchHead, versions } from './turn-contract.ts'
import { requireListedTurn, showTurn, viewTurn } from './turn-view.ts'

const encode = createTurnEventEncoder()

/** Turns one by one: reading, following, stopping, and their versions. */
export function turnRoutes(context: TurnRoutesContext) {
  const { engine, streams } = context
  const { db } = engine
  const api = createApi()

  api.openapi(list, async c => {
    const { id: userId } = c.var.user
    const page = { conversationId: c.req.valid('param').id, status: undefined, ...c.req.valid('query') }
    const turns = await withUser(db, userId, async tx => {
      if (!(await findConversation(tx, userId, page.conversationId)))
        throw new AppError('conversation_not_found')
      return pageTurns(tx, userId, page)
    })
    return c.json(turns.map(viewTurn), 200)
  })

  api.openapi(read, async c => {
    return c.json(await showTurn(db, { userId: c.var.user.id, turnId: c.req.valid('param').id }), 200)
  })

  api.openapi(events, async c => {
    const turn = { userId: c.var.user.id, turnId: c.req.valid('param').id }
    return inAnyForm(await streams.follow(c, engine, { turn, encode }))
  })

  api.openapi(cancel, async c => {
    const turn = { userId: c.var.user.id, turnId: c.req.valid('param').id }
    const isOver = await stopTurn(engine, turn)
    return c.json(await showTurn(db, turn), isOver ? 200 : 202)
  })

  api.openapi(edit, async c => {
    const turn = { userId: c.var.user.id, turnId: c.req.valid('param').id }
    const message = checkLength(c.req.valid('json').message)
    await showTurn(db, turn)
    await changeQueuedMessage(engine, turn, message)
    return c.json(await showTurn(db, turn), 200)
  })

  api.openapi(versions, async c => {
    const { id: userId } = c.var.user
    const turns = await withUser(db, userId, async tx =>
      listVersions(tx, userId, await requireListedTurn(tx, userId, c.req.valid('param').id)),
    )
    return c.json(turns.map(viewTurn), 200)
  })

  api.openapi(addVersion, async c => {
    const { message } = c.req.valid('json')
    const target = await showTurn(db, { userId: c.var.user.id, turnId: c.req.valid('param').id })
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
