import { createHash, randomUUIDv7 } from 'node:crypto'
import { verdictOf } from '../agent/verdict.ts'
import type { AuthenticatedUser } from '../auth/authenticated-user.ts'
import { isTransient, isUniqueViolation } from '../db/failure.ts'
import { repeat, requestPatienceMs } from '../db/repeat.ts'
import { AppError, type RateLimit } from '../errors.ts'
import { type Acceptance, type Accepted, acceptTurn } from '../store/accept-turn.ts'
import type { ClientNames } from '../store/external-ids.ts'
import type { LimitReached } from '../store/limits.ts'
import { findTurn } from '../store/turns.ts'
import { currentSpan } from '../telemetry/request-scope.ts'
import { turnAccepted } from '../telemetry/turn-events.ts'
import type { Engine } from './engine.ts'
import type { ClientContext } from './event.ts'
import { startTurn } from './start-turn.ts'
import { TurnCancelled } from './turn-ending.ts'

export interface IncomingMessage {
  user: AuthenticatedUser
  /** Undefined: reuse the message of the turn that this one replaces. */
  content: string | undefined
  conversationId: string | undefined
  /** Set when this turn is another version of an existing one. */
  targetTurnId?: string | undefined
  /** Replaces both: the client's own ids, for clients that generate them. */
  names?: ClientNames | undefined
  ifBusy: 'enqueue' | 'reject' | 'interrupt'
  /** Already prefixed with the protocol's name, so keys of two protocols never collide. */
  idempotencyKey: string | undefined
  /** Undefined: the user's own setting. */
  timeZone: string | undefined
  locale: string | undefined
  clientContext?: ClientContext[] | undefined
}

export interface AcceptedMessage {
  turnId: string
  conversationId: string
  /** The user's remaining limits; absent when no limits apply or nothing was consumed. */
  limit?: RateLimit | null | undefined
}

const titleLength = 80
const verdicts = { yes: 'approved', no: 'denied', other: 'dropped' } as const

/**
 * Accepts a message in one commit: from then on it cannot be lost and is answered exactly once, even if this process
 * dies. Starts its turn if the conversation is free. Throws an AppError when the request is refused.
 */
export async function acceptMessage(engine: Engine, message: IncomingMessage): Promise<AcceptedMessage> {
  const acceptance = acceptanceOf(engine, message)
  const accepted = await acceptOnce(engine, acceptance)
  tellAcceptance(engine, message, accepted)
  switch (accepted.outcome) {
    case 'started':
      startTurn(engine, accepted.turn)
      return {
        turnId: accepted.turn.id,
        conversationId: accepted.turn.conversation_id,
        limit: accepted.limit,
      }
    case 'queued':
      if (accepted.interrupted) engine.live.get(accepted.interrupted)?.abort.abort(new TurnCancelled())
      return { turnId: accepted.turn_id, conversationId: accepted.conversation_id, limit: accepted.limit }
    case 'replayed':
      return { turnId: accepted.turn_id, conversationId: accepted.conversation_id }
    default:
      throw refusalOf(accepted)
  }
}

function tellAcceptance(
  { telemetry }: Engine,
  { user, targetTurnId }: IncomingMessage,
  accepted: Accepted,
): void {
  const { outcome } = accepted
  if (outcome !== 'started' && outcome !== 'queued' && outcome !== 'replayed') return
  const { id, conversation_id } =
    outcome === 'started'
      ? accepted.turn
      : { id: accepted.turn_id, conversation_id: accepted.conversation_id }
  const facts = { turn_id: id, conversation_id, user_id: user.id }
  turnAccepted(telemetry, { kind: targetTurnId === undefined ? 'message' : 'version', outcome }, facts)
}

function acceptanceOf(engine: Engine, message: IncomingMessage): Acceptance {
  const { user, content, conversationId, targetTurnId, names, idempotencyKey: key } = message
  const isNew = !conversationId && !names
  return {
    userId: user.id,
    idempotency: key
      ? { key, hash: hashOf([conversationId, content, targetTurnId, ...(names ? [names] : [])]) }
      : undefined,
    conversationId,
    newConversationId: randomUUIDv7(),
    title: titleOf(content ?? ''),
    targetTurnId,
    turnId: randomUUIDv7(),
    messageId: randomUUIDv7(),
    content,
    context: contextOf(message),
    ifBusy: message.ifBusy,
    verdict: verdicts[isNew || content === undefined ? 'other' : verdictOf(content)],
    owner: engine.instanceId,
    historyMessages: engine.limits.historyMessages,
    queueLimit: engine.limits.queuedTurns,
    names,
    limits: engine.limits.perUser,
  }
}

/**
 * If a duplicate request wins the race, this transaction rolls back; the retry then finds the winner by its idempotency
 * key. If the connection broke, the first attempt may have committed: the retry then finds its own turn id taken, the
 * conversation busy with its own turn, or a limit reached because of it.
 */
async function acceptOnce(engine: Engine, acceptance: Acceptance): Promise<Accepted> {
  let isAgain = false
  const once = async (): Promise<Accepted> => {
    try {
      const accepted = await acceptTurn(engine.db, acceptance)
      const isMine = accepted.outcome === 'busy' && accepted.turn_id === acceptance.turnId
      if (isMine) return { ...accepted, outcome: 'replayed' }
      const isRefusedAnew = isAgain && (accepted.outcome === 'limited' || accepted.outcome === 'queue_full')
      return (isRefusedAnew && (await findOwn(engine, acceptance))) || accepted
    } catch (error) {
      isAgain = true
      const own = isUniqueViolation(error) ? await findOwn(engine, acceptance) : undefined
      if (own) return own
      throw error
    }
  }
  const mayRepeat = (error: unknown) => isTransient(error) || isUniqueViolation(error)
  return repeat(once, { mayRepeat, patienceMs: requestPatienceMs })
}

async function findOwn({ db }: Engine, { userId, turnId }: Acceptance): Promise<Accepted | undefined> {
  const own = await findTurn(db, userId, turnId)
  return own ? { outcome: 'replayed', turn_id: own.id, conversation_id: own.conversation_id } : undefined
}

function refusalOf(accepted: Exclude<Accepted, { outcome: 'started' | 'queued' | 'replayed' }>): AppError {
  switch (accepted.outcome) {
    case 'mismatch':
      return new AppError('idempotency_mismatch')
    case 'gone':
      return new AppError('turn_not_found', 'The turn that this idempotency key made has been deleted')
    case 'busy': {
      const { conversation_id, turn_id } = accepted
      return new AppError('conversation_busy', undefined, { facts: { conversation_id, turn_id } })
    }
    case 'conflict':
      return new AppError('conflict', 'The turn is not part of the conversation as it is read now')
    case 'queue_full':
      return new AppError('rate_limited', 'Too many messages wait in this conversation', {
        facts: { retry_after_seconds: 30 },
      })
    case 'limited':
      return limitError(accepted.limit)
    case 'no_message':
      return new AppError('turn_not_found', 'The conversation has no such message')
    default:
      return new AppError('conversation_not_found')
  }
}

function limitError({ refused, retry_after_seconds, ...rate_limit }: LimitReached): AppError {
  const facts = { retry_after_seconds, rate_limit }
  return refused === 'turns'
    ? new AppError('rate_limited', `At most ${rate_limit.limit} messages a minute`, { facts })
    : new AppError('budget_exceeded', `The budget of ${rate_limit.limit} tokens is used up for now`, {
        facts,
      })
}

const hashOf = (request: unknown[]) =>
  createHash('sha256').update(JSON.stringify(request)).digest('base64url')

/** A conversation's title is the first line of its first message. */
function titleOf(content: string): string {
  const [line = ''] = content.trim().split(/\n/, 1)
  const points = [...line]
  return points.length <= titleLength
    ? line
    : `${points
        .slice(0, titleLength - 1)
        .join('')
        .trimEnd()}…`
}

/** Stored with the turn, so the trace continues on whichever instance runs it. */
const traceOf = (traceparent = currentSpan()?.traceparent) => (traceparent ? { traceparent } : {})

const contextOf = ({ user, timeZone, locale, clientContext }: IncomingMessage): Acceptance['context'] => ({
  ...traceOf(),
  ...(timeZone ? { time_zone: timeZone } : {}),
  ...(locale ? { locale } : {}),
  ...(user.email ? { email: user.email } : {}),
  ...(user.name ? { name: user.name } : {}),
  ...(clientContext?.length ? { client_context: clientContext } : {}),
})
