import type { Context } from 'hono'
import { AppError, type RateLimit } from '../errors.ts'
import { timeZone as timeZoneField } from '../store/task-fields.ts'
import { type AcceptedMessage, acceptMessage, type IncomingMessage } from '../turns/accept-message.ts'
import type { Engine } from '../turns/engine.ts'
import { rateLimitHeaders } from '../wire/rate-limit.ts'
import type { ApiEnv } from './api.ts'

/** A message as a protocol's route read it from the request. */
export interface Said
  extends Pick<
    IncomingMessage,
    'content' | 'conversationId' | 'ifBusy' | 'targetTurnId' | 'names' | 'clientContext'
  > {
  /** Prefixes the key, so that each protocol has its own keys. */
  protocol: string
  /** The protocol's own id of the request, if it has one; otherwise the header's key is used. */
  key?: string
}

export type PostedMessage = AcceptedMessage & { userId: string }

/** Accepts a message for the request's user, or finds the turn it already created; the same for every protocol. */
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

/** Adds the remaining limits to the response headers, for JSON and streams alike. */
function tellLimit(c: Context<ApiEnv>, limit: RateLimit): void {
  const headers = rateLimitHeaders(limit)
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  c.set('rateLimitHeaders', headers)
}

/** The request's time zone; undefined means the user's own. */
export function timeZoneOf(c: Context<ApiEnv>): string | undefined {
  const given = c.req.header('x-time-zone')
  if (given === undefined) return undefined
  const parsed = timeZoneField.safeParse(given)
  if (!parsed.success) throw new AppError('invalid', 'X-Time-Zone: must be an IANA time zone')
  return parsed.data
}
