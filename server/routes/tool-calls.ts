import type { Database } from '../db/database.ts'
import type { Engine } from '../turns/engine.ts'
import { settleUnknownCall } from '../turns/resolve-call.ts'
import { giveVerdict } from '../turns/steer-turn.ts'
import { createApi } from './api.ts'
import { approve, resolve } from './tool-call-contract.ts'
import { showTurn } from './turn-view.ts'

export function toolCallRoutes({ db, engine }: { db: Database; engine: Engine }) {
  const api = createApi()

  api.openapi(approve, async c => {
    const { id: callId } = c.req.valid('param')
    const turn = await giveVerdict(engine, c.var.user.id, { callId, ...c.req.valid('json') })
    return c.json(await showTurn(db, turn), 200)
  })

  api.openapi(resolve, async c => {
    const { id: callId } = c.req.valid('param')
    const { resolution } = c.req.valid('json')
    const turn = await settleUnknownCall(engine, c.var.user.id, { callId, resolution })
    return c.json(await showTurn(db, turn), 200)
  })

  return api
}
