import type { Engine } from '../turns/engine.ts'
import { encodeUserEvent } from '../wire/user-events.ts'
import { createApi, inAnyForm } from './api.ts'
import { events } from './event-contract.ts'
import type { EventStreams } from './event-streams.ts'

/** The longest lifetime of a token: a client that continues must present a valid one again. */
const streamMs = 15 * 60_000
const nothing = () => new Uint8Array(0)

/** Streams a user's events as they happen. */
export function eventRoutes({ engine, streams }: { engine: Engine; streams: EventStreams }) {
  const api = createApi()

  api.openapi(events, async c => {
    const { id: userId } = c.var.user
    const answer = streams.answer(c, {}, async show => {
      const end = () => show(nothing, true)
      const stop = await engine.userEvents.follow(userId, {
        tell: event => show(() => encodeUserEvent(event), false),
        end,
      })
      const timer = setTimeout(end, streamMs).unref()
      return () => {
        clearTimeout(timer)
        stop()
      }
    })
    return inAnyForm(await answer)
  })

  return api
}
