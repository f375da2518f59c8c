import { type Database, withUser } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { deleteFeedback, putFeedback } from '../store/feedback.ts'
import { isOver } from '../turns/view.ts'
import { createApi } from './api.ts'
import { put, remove } from './feedback-contract.ts'
import { requireListedTurn, viewFeedback } from './turn-view.ts'

export function feedbackRoutes({ db }: { db: Database }) {
  const api = createApi()

  api.openapi(put, async c => {
    const { id: userId } = c.var.user
    const { id: turnId } = c.req.valid('param')
    const { value, comment = null } = c.req.valid('json')
    const given = await withUser(db, userId, async tx => {
      const { turn } = await requireListedTurn(tx, userId, turnId)
      if (!isOver(turn.status)) throw new AppError('conflict', 'The turn has no answer yet')
      return putFeedback(tx, userId, { turnId, value, comment })
    })
    return c.json(viewFeedback(given), 200)
  })

  api.openapi(remove, async c => {
    const { id: userId } = c.var.user
    const { id: turnId } = c.req.valid('param')
    await withUser(db, userId, async tx => {
      await requireListedTurn(tx, userId, turnId)
      await deleteFeedback(tx, userId, turnId)
    })
    return c.body(null, 204)
  })

  return api
}
