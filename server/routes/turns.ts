import { withUser } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { requireConversation } from '../store/conversations.ts'
import { pageTurns } from '../store/turn-list.ts'
import { changeQueuedMessage, stopTurn } from '../turns/steer-turn.ts'
import { createTurnEventEncoder } from '../wire/turn-events.ts'
import { createApi, inAnyForm } from './api.ts'
import type { TurnRoutesContext } from './chat.ts'
import { checkLength } from './message-text.ts'
import { cancel, edit, events, list, read } from './turn-contract.ts'
import { showTurn, viewTurn } from './turn-view.ts'

const encode = createTurnEventEncoder()

/** Single turns: reading, following, stopping. */
export function turnRoutes(context: TurnRoutesContext) {
  const { engine, streams } = context
  const { db } = engine
  const api = createApi()

  api.openapi(list, async c => {
    const { id: userId } = c.var.user
    const page = { conversationId: c.req.valid('param').id, status: undefined, ...c.req.valid('query') }
    const turns = await withUser(db, userId, async tx => {
      await requireConversation(tx, userId, page.conversationId)
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
    const { kind } = await showTurn(db, turn)
    if (kind === 'reminder') throw new AppError('conflict', 'A reminder has no message')
    await changeQueuedMessage(engine, turn, message)
    return c.json(await showTurn(db, turn), 200)
  })

  return api
}
