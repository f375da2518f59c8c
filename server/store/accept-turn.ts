import { callFunction, callShared, type Database } from '../db/database.ts'
import type { RateLimit } from '../errors.ts'
import type { UserLimits } from '../limit-settings.ts'
import type { ClientNames } from './external-ids.ts'
import { type LimitReached, limitsArgument } from './limits.ts'
import type { OwnedTurn, TurnContext } from './turns.ts'

/** Accepts a message in one commit: migrations/0003-accept-turn.sql, amended by 0014 and 0017. */

/** The context as requested; a missing time zone or locale defaults to the user's own. */
export type GivenContext = Omit<TurnContext, 'now' | 'reminder' | 'time_zone' | 'locale'> &
  Partial<Pick<TurnContext, 'time_zone' | 'locale'>>

export interface Acceptance {
  userId: string
  idempotency: { key: string; hash: string } | undefined
  conversationId: string | undefined
  newConversationId: string
  title: string
  targetTurnId: string | undefined
  turnId: string
  messageId: string
  content: string | undefined
  context: GivenContext
  ifBusy: 'enqueue' | 'reject' | 'interrupt'
  verdict: 'approved' | 'denied' | 'dropped'
  owner: string
  historyMessages: number
  queueLimit: number
  names?: ClientNames | undefined
  /** Undefined: no limits. */
  limits?: UserLimits | undefined
}

export type Accepted =
  | { outcome: 'started'; turn: OwnedTurn; limit: RateLimit | null }
  | { outcome: 'limited'; limit: LimitReached }
  | {
      outcome: 'queued' | 'replayed' | 'mismatch' | 'gone'
      turn_id: string
      conversation_id: string
      interrupted?: string
      limit?: RateLimit | null
    }
  | { outcome: 'busy'; conversation_id: string; turn_id: string }
  | { outcome: 'not_found' | 'conflict' | 'queue_full' | 'no_message' }

export function acceptTurn(db: Database, a: Acceptance): Promise<Accepted> {
  const key = [a.userId, a.idempotency?.key ?? null, a.idempotency?.hash ?? null]
  const message = [a.turnId, a.messageId, a.content ?? null, JSON.stringify(a.context), a.ifBusy, a.verdict]
  const turn = [...message, a.owner, a.historyMessages, a.queueLimit, limitsArgument(a.limits)]
  // These cases write to other turns, whose rows a tool's transaction may have locked.
  const mayWait = a.ifBusy === 'interrupt' || a.targetTurnId !== undefined || a.names?.replaces !== undefined
  const call = mayWait ? callFunction<Accepted> : callShared<Accepted>
  if (!a.names) {
    const place = [a.conversationId ?? null, a.newConversationId, a.title, a.targetTurnId ?? null]
    return call(db, 'accept_turn_v2', [...key, ...place, ...turn])
  }
  const { conversation, message: client, replaces } = a.names
  const names = [conversation ?? null, client ?? null, replaces?.name ?? null, replaces?.by ?? 'say']
  const place = [a.newConversationId, a.title]
  return call(db, 'accept_external_v1', [...names, ...key, ...place, ...turn])
}
