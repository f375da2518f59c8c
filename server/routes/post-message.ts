import type { Context } from 'hono'
import { AppError, type RateLimit } from '../errors.ts'
import { timeZone as timeZoneField } from '../store/task-fields.ts'
import { type AcceptedMessage, acceptMessage, type IncomingMessage } from '../turns/accept-message.ts'
import type { Engine } from '../turns/engine.ts'
import { rateLimitHeaders } from '../wire/rate-limit.ts'
import type { ApiEnv } from './api.ts'

/** A message as a protocol reads it from a request. */
export interface Said
  extends Pick<
    IncomingMessage,
    'content' | 'conversationId' | 'ifBusy' | 'targetTurnId' | 'names' | 'clientContext'
  > {
  /** Each protocol's keys are its own. */
  protocol: string
  /** Where the protocol has an id of its own that names the request; else the header's. */
  key?: string
}

export type PostedMessage = AcceptedMessage & { userId: string }

/** Takes a message in for the user of the request, or finds the turn it has made already; the same for every protocol. */
export async function postMessage(
  c: Context<ApiEnv>,
  engine: Engine,
  { protocol, key = c.req.header('idempotency-key'), ...said }: Said,
): Promise<PostedMessage> {
  const { user } = c.var
  const { limit, ...accepted } = await acceptMessage(engine, {
    ...said,
    user,
    idempotencyKey: key === undefined ? undefined : `${protocol}:${key}`,
    timeZone: timeZoneOf(c),
    locale: c.req.header('accept-language')?.split(/[,;]/, 1)[0]?.slice(0, 35) || undefined,
  })
  if (limit) tellLimit(c, limit)
  return { ...accepted, userId: user.id }
}

/** Puts what is left into the headers of the answer, be it JSON or a stream of events. */
function tellLimit(c: Context<ApiEnv>, limit: RateLimit): void {
  const headers = rateLimitHeaders(limit)
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  c.set('rateLimitHeaders', headers)
}

/** What the request says; without a word the user's own zone holds. */
export function timeZoneOf(c: Context<ApiEnv>): string | undefined {
  const given = c.req.header('x-time-zone')
  if (given === undefined) return undefined
  const parsed = timeZoneField.safeParse(given)
  if (!parsed.success) throw new AppError('invalid', 'X-Time-Zone: must be an IANA time zone')
  return parsed.data
}
