import { expect } from 'vitest'
import type { Connection } from '../../server/db/database.ts'
import type { TurnModel } from './turn-model.ts'

/** Everything the database holds about one user's turns, in the model's terms. */
export interface TurnState {
  conversations: {
    id: string
    lastTurn: number
    head: string | null
    active: string | null
    awaiting: string | null
  }[]
  turns: {
    id: string
    conversation: string
    no: number
    parent: string | null
    live: boolean
    status: string
    owner: string | null
    epoch: number
    attempts: number
    cancelRequested: boolean
    started: boolean
    over: boolean
    progress: number
  }[]
  messages: {
    conversation: string
    seq: number
    turn: string
    role: string
    status: string | null
    content: string
    live: boolean
  }[]
  calls: {
    turn: string
    step: number
    position: number
    id: string
    status: string
    effect: string
    continues: string | null
  }[]
  keys: { key: string; turn: string }[]
  instances: string[]
}

const statement = `
  select
    (select coalesce(json_agg(c order by c.id), '[]') from (
      select id, last_turn as "lastTurn", head_turn as head, active_turn as active, awaiting_turn as awaiting
        from colloquy.conversations where user_id = $1) c) as conversations,
    (select coalesce(json_agg(t order by t.id), '[]') from (
      select id, conversation_id as conversation, turn_no as no, parent_turn as parent, live, status, owner, epoch, attempts,
             cancel_requested_at is not null as "cancelRequested", started_at is not null as started,
             finished_at is not null as over, progress
        from colloquy.turns where user_id = $1) t) as turns,
    (select coalesce(json_agg(m order by m.conversation, m.seq), '[]') from (
      select conversation_id as conversation, seq, turn_id as turn, role, status, content, live
        from colloquy.messages where user_id = $1) m) as messages,
    (select coalesce(json_agg(c order by c.turn, c.step, c.position), '[]') from (
      select turn_id as turn, step, position, id, status, effect, continues
        from colloquy.tool_calls where user_id = $1) c) as calls,
    (select coalesce(json_agg(k order by k.key), '[]') from (
      select key, turn_id as turn from colloquy.idempotency_keys where user_id = $1) k) as keys,
    (select coalesce(json_agg(i.id order by i.id), '[]') from colloquy.instances i) as instances`

/** Read by the superuser that tests connect as, so without row-level security. */
export async function readTurnState(db: Connection, userId: string): Promise<TurnState> {
  const [state] = await db.query<TurnState>(statement, [userId])
  if (!state) throw new Error('No state')
  return state
}

/** What the database should hold according to the model. `progress` is known only to the database. */
export function expectedState(model: TurnModel): Omit<TurnState, 'turns'> & { turns: unknown[] } {
  const turns = model.turns.filter(turn => !turn.deleted)
  const over = ['completed', 'failed', 'cancelled']
  return {
    conversations: sorted([...model.conversations.values()], each => each.id),
    turns: sorted(turns, each => each.id).map(turn => ({
      id: turn.id,
      conversation: turn.conversation,
      no: turn.no,
      parent: turn.parent,
      live: model.isLive(turn),
      status: turn.status,
      owner: turn.owner,
      epoch: turn.epoch,
      attempts: turn.attempts,
      cancelRequested: turn.cancelRequested,
      started: turn.started,
      over: over.includes(turn.status),
      progress: expect.any(Number),
    })),
    messages: sorted(
      turns.flatMap(turn => messagesOf(model, turn)),
      ({ conversation, seq }) => `${conversation} ${String(seq).padStart(6, '0')}`,
    ),
    calls: sorted(
      turns.flatMap(turn => turn.calls.map(call => ({ turn: turn.id, ...call, id: call.id ?? '' }))),
      ({ turn, step, position }) => `${turn} ${step} ${position}`,
    ),
    keys: sorted(
      [...model.keys].map(([key, { turnId }]) => ({ key, turn: turnId })),
      each => each.key,
    ),
    instances: [...model.leases.keys()].sort(),
  }
}

function messagesOf(model: TurnModel, turn: TurnModel['turns'][number]): TurnState['messages'] {
  const base = { conversation: turn.conversation, turn: turn.id, live: model.isLive(turn) }
  const seq = 2 * turn.no
  return [
    { ...base, seq: seq - 1, role: 'user', status: null, content: turn.content },
    ...(turn.answer
      ? [{ ...base, seq, role: 'assistant', status: turn.answer, content: `Answer ${turn.no}` }]
      : []),
  ]
}

const sorted = <T>(items: T[], keyOf: (item: T) => string): T[] =>
  [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))

/**
 * Followers on other instances look again when a turn's `progress` or epoch changes, so every visible change must
 * change one of them. The start of a call is not visible.
 */
export function expectChangesToBeTold(before: TurnState, after: TurnState): void {
  const begun = new Set(after.calls.filter(call => call.status === 'started').map(call => call.id))
  for (const now of after.turns) {
    const then = before.turns.find(turn => turn.id === now.id)
    if (!then) continue
    expect(now.epoch, 'epochs never fall').toBeGreaterThanOrEqual(then.epoch)
    expect(now.progress, 'progress never falls').toBeGreaterThanOrEqual(then.progress)
    if (now.epoch === then.epoch && now.progress === then.progress) {
      const of = { id: now.id, begun }
      expect(seenOf(after, of), 'a change that followers are not told of').toEqual(seenOf(before, of))
    }
  }
}

/** The visible state; calls that have started are left out, since their start is not reported. */
const seenOf = (
  { turns, calls, messages }: TurnState,
  { id, begun }: { id: string; begun: Set<string> },
) => ({
  status: turns.find(turn => turn.id === id)?.status,
  answer: messages.find(message => message.turn === id && message.role === 'assistant')?.status,
  calls: calls.filter(call => call.turn === id && !begun.has(call.id)).map(call => call.status),
})
