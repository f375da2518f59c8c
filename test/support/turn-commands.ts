import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect } from 'vitest'
import { type Database, withUser } from '../../server/db/database.ts'
import { acceptTurn } from '../../server/store/accept-turn.ts'
import { deleteConversation } from '../../server/store/conversations.ts'
import { claimTurns, forgetInstances, releaseInstance, renewLease } from '../../server/store/instances.ts'
import {
  beginCall,
  decideCall,
  finishCall,
  finishRetry,
  type Resolution,
  resolveCall,
} from '../../server/store/tool-calls.ts'
import { cancelTurn, editQueuedTurn, switchHead } from '../../server/store/turn-steering.ts'
import {
  type Fence,
  finishTurn,
  type JournaledCall,
  journalStep,
  type OwnedTurn,
  type StoredPart,
  takeUpTurn,
} from '../../server/store/turns.ts'
import {
  type Accepting,
  answerTo,
  type EndStatus,
  type ModelCall,
  type ModelConversation,
  type ModelTurn,
  type TurnModel,
} from './turn-model.ts'
import { expectChangesToBeTold, expectedState, readTurnState, type TurnState } from './turn-state.ts'

/**
 * The database to compare with the model, and the processes that use it: two that renew their leases, one long dead.
 */
export interface World {
  db: Database
  instances: [string, string, string]
  state: TurnState
}

type Command = fc.AsyncCommand<TurnModel, World>

/** Chooses a command's target at run time: mostly a suitable one, sometimes any that ever existed. */
interface Choice {
  at: number
  any: boolean
}

const choice: fc.Arbitrary<Choice> = fc.record({
  at: fc.nat(999),
  any: fc.integer({ min: 0, max: 7 }).map(n => n === 7),
})

const sometimes = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

function choose<T>(all: T[], { at, any }: Choice, fits: (item: T) => boolean): T | undefined {
  const fitting = all.filter(fits)
  const from = any ? all : fitting
  return from[at % from.length]
}

/** One command, after which the database must match the model. `null`: there was no target for it. */
function command(
  name: string,
  arguments_: object,
  act: (model: TurnModel, world: World) => Promise<string | null>,
): Command {
  let did = 'nothing'
  return {
    check: () => true,
    async run(model, world) {
      const done = await act(model, world)
      did = done ?? 'nothing'
      if (done === null) return
      const before = world.state
      world.state = await readTurnState(world.db, model.userId)
      nameCalls(model, world.state)
      expect(world.state).toEqual(expectedState(model))
      expectChangesToBeTold(before, world.state)
    },
    toString: () => `${name} ${JSON.stringify(arguments_)} → ${did}`,
  }
}

/** The database generates the ids of calls that a message approved; the model learns them here. */
function nameCalls(model: TurnModel, { calls }: TurnState): void {
  for (const { turn, step, position, id } of calls) {
    const call = model.turn(turn).calls.find(each => each.step === step && each.position === position)
    if (call) call.id ??= id
  }
}

const instanceOf = ({ instances }: World, at: number): string => instances[at % 3] ?? ''

/** An hour: nothing is old enough; a minute ahead: everything is. */
const orphanSeconds = (isOld: boolean) => (isOld ? -60 : 3600)

const historyMessages = 12
const context = { time_zone: 'Europe/Berlin', locale: 'de' }

const accept = fc
  .record({
    conversation: fc.oneof(
      { weight: 6, arbitrary: fc.constant('known' as const) },
      { weight: 1, arbitrary: fc.constantFrom('new' as const, 'absent' as const) },
    ),
    where: choice,
    target: sometimes(choice),
    again: fc.boolean(),
    ifBusy: fc.constantFrom<Accepting['ifBusy'][]>('enqueue', 'enqueue', 'reject', 'interrupt'),
    verdict: fc.constantFrom<Accepting['verdict'][]>('approved', 'denied', 'dropped'),
    key: sometimes(
      fc.record({ key: fc.constantFrom('k1', 'k2', 'k3'), hash: fc.constantFrom('a', 'a', 'b') }),
    ),
    owner: fc.nat(2),
  })
  .map(a =>
    command('accept', a, async (model, world) => {
      const known = choose([...model.conversations.values()], a.where, () => true)?.id
      const conversation = { known, new: undefined, absent: randomUUID() }[a.conversation]
      const target =
        a.target && conversation
          ? choose(model.turns, a.target, turn => turn.conversation === conversation && model.isLive(turn))
              ?.id
          : undefined
      const turnId = randomUUID()
      return acceptBoth(model, world, {
        turnId,
        key: a.key,
        conversation,
        newConversation: randomUUID(),
        target,
        content: target && a.again ? undefined : `Message ${turnId}`,
        ifBusy: a.ifBusy,
        verdict: a.verdict,
        owner: instanceOf(world, a.owner),
      })
    }),
  )

async function acceptBoth(model: TurnModel, { db }: World, a: Accepting): Promise<string> {
  const expected = model.accept(a)
  const accepted = await acceptTurn(db, {
    userId: model.userId,
    idempotency: a.key,
    conversationId: a.conversation,
    newConversationId: a.newConversation,
    title: 'A conversation',
    targetTurnId: a.target,
    turnId: a.turnId,
    messageId: randomUUID(),
    content: a.content,
    context,
    ifBusy: a.ifBusy,
    verdict: a.verdict,
    owner: a.owner,
    historyMessages,
    queueLimit: model.queueLimit,
  })
  expect(accepted.outcome).toBe(expected)
  if (accepted.outcome === 'started') expectOwned(model, accepted.turn)
  if (accepted.outcome === 'replayed') {
    expect(accepted.turn_id).toBe(model.keys.get(a.key?.key ?? '')?.turnId)
  }
  return expected
}

/** Expects the turn that an owner receives to match the model. */
function expectOwned(model: TurnModel, owned: OwnedTurn): void {
  const turn = model.turn(owned.id)
  expect(owned).toMatchObject({
    user_id: model.userId,
    conversation_id: turn.conversation,
    turn_no: turn.no,
    epoch: turn.epoch,
    attempts: turn.attempts,
    context,
    cancel_requested: turn.cancelRequested,
  })
  const history = owned.history.map(({ seq, content, status }) => ({ seq, content, status }))
  expect(history).toEqual(model.historyOf(turn).slice(0, historyMessages))
  expect(owned.calls?.map(call => call.status) ?? []).toEqual(turn.calls.map(call => call.status))
}

/** A right to write to a turn: the valid one, an earlier one, or one under another owner's name. */
const fencing = fc.record({
  turn: choice,
  stale: fc.integer({ min: 0, max: 5 }).map(n => n === 5),
  which: fc.nat(9),
})
type Fencing = typeof fencing extends fc.Arbitrary<infer Value> ? Value : never

function fenceOf(model: TurnModel, { turn: at, stale, which }: Fencing): [ModelTurn, Fence] | undefined {
  const turn = choose(
    model.turns.filter(each => each.fences.length > 0),
    at,
    each => each.status === 'running' && !each.deleted && each.owner !== null,
  )
  const newest = turn?.fences.at(-1)
  if (!turn || !newest) return undefined
  if (!stale) return [turn, newest]
  const wrong = [...turn.fences, { ...newest, owner: randomUUID() }, { ...newest, epoch: newest.epoch + 1 }]
  return [turn, wrong[which % wrong.length] ?? newest]
}

const usage = { input_tokens: 10, output_tokens: 5 }

const journaledCall = fc.record({
  status: fc.constantFrom<('pending' | 'awaiting_approval' | 'failed')[]>(
    'pending',
    'pending',
    'awaiting_approval',
    'failed',
  ),
  effect: fc.constantFrom<ModelCall['effect'][]>('none', 'transaction', 'external'),
})

const journal = fc
  .record({ fence: fencing, calls: fc.array(journaledCall, { minLength: 1, maxLength: 3 }) })
  .map(j =>
    command('journal', j, async (model, { db }) => {
      const [turn, fence] = fenceOf(model, j.fence) ?? []
      if (!turn || !fence) return null
      const step = Math.max(0, ...turn.calls.map(call => call.step)) + 1
      const calls = j.calls.map((call, position) => ({
        ...call,
        id: randomUUID(),
        step,
        position,
        continues: null,
      }))
      const expected = model.journal(fence, calls)
      const parts = partsOf({ calls: expected ? turn.calls : [...turn.calls, ...calls] })
      const step_ = { parts, calls: calls.map(journaled), usage, model: 'offline' }
      expect(await journalStep(db, fence, step_)).toBe(expected)
      // As if the response was lost: the retry succeeds and writes nothing more.
      if (expected) expect(await journalStep(db, fence, step_)).toBe(true)
      return `${expected} ${turn.id}`
    }),
  )

const journaled = ({ continues: _, id = '', ...call }: ModelCall): JournaledCall => ({
  ...call,
  id,
  provider_call_id: `call_${call.position}`,
  name: 'add_task',
  arguments: { title: 'Tea' },
})

const partsOf = ({ calls }: Pick<ModelTurn, 'calls'>): StoredPart[] =>
  calls.map(({ step, id = '' }) => ({ type: 'tool_call', step, id }))

const withCall = (kind: string, done: 'completed' | 'failed' | 'unknown' | undefined) =>
  fc.record({ fence: fencing, call: choice }).map(c =>
    command(kind, { ...c, done }, async (model, { db }) => {
      const [turn, fence] = fenceOf(model, c.fence) ?? []
      const call =
        turn &&
        choose(turn.calls, c.call, ({ status }) => ['pending', 'approved', 'started'].includes(status))
      if (!call || !fence) return null
      const id = call.id ?? ''
      if (done === undefined) {
        const begun = model.beginCall(fence, call)
        expect(await beginCall(db, fence, id)).toBe(begun)
        return `${begun} ${id}`
      }
      const finished = model.finishCall(fence, call, done)
      expect(typeof (await finishCall(db, fence, { callId: id, status: done, result: { ok: true } }))).toBe(
        finished ? 'string' : 'object',
      )
      return `${finished} ${id}`
    }),
  )

const finish = fc
  .record({
    fence: fencing,
    status: fc.constantFrom<EndStatus[]>('completed', 'completed', 'failed', 'cancelled'),
    nextOwner: fc.option(fc.nat(2), { freq: 5 }),
  })
  .map(f =>
    command('finish', f, async (model, world) => {
      const [turn, fence] = fenceOf(model, f.fence) ?? []
      if (!turn || !fence) return null
      const asks = turn.calls.some(call => call.status === 'awaiting_approval')
      const status = asks && f.status === 'completed' ? 'awaiting_approval' : f.status
      const nextOwner = f.nextOwner === null ? null : instanceOf(world, f.nextOwner)
      const parts = partsOf(turn)
      const expected = model.finish(fence, status, nextOwner)
      const finished = await finishTurn(world.db, fence, {
        conversationId: turn.conversation,
        status,
        messageId: randomUUID(),
        content: answerTo(turn),
        parts: parts.length > 0 ? parts : undefined,
        usage,
        model: 'offline',
        error: undefined,
        nextOwner: nextOwner ?? undefined,
        historyMessages,
      })
      expect(finished.finished).toBe(expected !== false)
      if (!finished.finished || expected === false) return `false ${turn.id}`
      expect(finished.next?.id).toBe(expected?.id)
      if (finished.next) expectOwned(model, finished.next)
      else expect(finished.status).toBe(turn.status)
      return `${status} ${turn.id}`
    }),
  )

const decide = fc.record({ call: choice, approved: fc.boolean(), owner: fc.nat(2) }).map(d =>
  command('decide', d, async (model, world) => {
    const calls = model.turns.flatMap(turn => turn.calls.map(call => ({ turn, call })))
    const chosen = choose(
      calls,
      d.call,
      ({ turn, call }) => turn.status === 'awaiting_approval' && call.status === 'awaiting_approval',
    )
    if (!chosen) return null
    const owner = instanceOf(world, d.owner)
    const expected = model.decide(chosen.turn, chosen.call, { approved: d.approved, owner })
    const decided = await decideCall(world.db, {
      userId: model.userId,
      callId: chosen.call.id ?? '',
      approved: d.approved,
      owner,
      historyMessages,
    })
    expect(decided.outcome).toBe(expected === 'resumed' ? 'decided' : expected)
    const resumed = decided.outcome === 'decided' ? decided.turn : undefined
    expect(resumed?.id).toBe(expected === 'resumed' ? chosen.turn.id : undefined)
    if (resumed) expectOwned(model, resumed)
    return expected
  }),
)

const unsettled = ({ call }: { call: ModelCall }) => call.effect === 'external' && call.status === 'unknown'

const resolve = fc
  .record({
    call: choice,
    how: fc.constantFrom<Resolution[]>('retry', 'mark_done', 'skip'),
    stale: fc.boolean(),
    outcome: fc.option(
      fc.constantFrom<('completed' | 'failed' | 'unknown')[]>('completed', 'failed', 'unknown'),
    ),
  })
  .map(r =>
    command('resolve', r, async (model, { db }) => {
      const calls = model.turns.flatMap(turn => turn.calls.map(call => ({ turn, call })))
      const chosen = choose(calls, r.call, unsettled)
      if (!chosen) return null
      const { turn, call } = chosen
      const callId = call.id ?? ''
      const expected = model.resolve(turn, call, r)
      const { userId } = model
      const staleSeconds = orphanSeconds(r.stale)
      const resolved = await resolveCall(db, { userId, callId, resolution: r.how, staleSeconds })
      expect(resolved.outcome).toBe(expected)
      if (r.outcome === null) return expected
      const finished = model.finishRetry(turn, call, r.outcome)
      const outcome = { status: r.outcome, result: { ok: true } }
      expect(await finishRetry(db, userId, { callId, ...outcome })).toBe(finished)
      return `${expected} ${r.how} ${r.outcome}`
    }),
  )

const onTurn = (
  name: string,
  fits: (turn: ModelTurn) => boolean,
  act: (model: TurnModel, world: World, turn: ModelTurn) => Promise<string>,
) =>
  choice.map(at =>
    command(name, at, async (model, world) => {
      const turn = choose(model.turns, at, fits)
      return turn ? act(model, world, turn) : null
    }),
  )

const cancel = onTurn(
  'cancel',
  ({ status }) => ['queued', 'running', 'awaiting_approval'].includes(status),
  async (model, { db }, turn) => {
    const expected = model.cancel(turn)
    expect((await cancelTurn(db, { userId: model.userId, turnId: turn.id }))?.status).toBe(expected)
    return `${expected} ${turn.id}`
  },
)

const edit = onTurn(
  'edit',
  ({ status }) => status === 'queued',
  async (model, { db }, turn) => {
    const content = `Edited ${randomUUID()}`
    const expected = model.edit(turn, content)
    expect(await editQueuedTurn(db, { userId: model.userId, turnId: turn.id }, content)).toBe(expected)
    return `${expected} ${turn.id}`
  },
)

const switchTo = fc.record({ turn: choice, elsewhere: choice }).map(s =>
  command('switch head', s, async (model, { db }) => {
    const turn = choose(model.turns, s.turn, each => !each.deleted && each.started && !model.isLive(each))
    if (!turn) return null
    const all = [...model.conversations.keys()]
    const conversation = choose(all, s.elsewhere, id => id === turn.conversation) ?? turn.conversation
    const expected = model.switchHead(conversation, turn)
    const switched = await switchHead(db, { userId: model.userId, turnId: turn.id }, conversation)
    expect(switched.outcome).toBe(expected)
    if (switched.outcome === 'switched') {
      expect(switched.head_turn).toBe(model.conversations.get(conversation)?.head)
    }
    return `${expected} ${turn.id}`
  }),
)

/** Rare, because it discards everything the conversation has built up. */
const remove = choice.map(at =>
  command('delete conversation', at, async (model, { db }) => {
    const conversation = choose<ModelConversation>([...model.conversations.values()], at, () => false)
    if (!conversation) return null
    const { userId } = model
    model.delete(conversation.id)
    await withUser(db, userId, tx => deleteConversation(tx, userId, conversation.id))
    return conversation.id
  }),
)

const claim = fc.record({ instance: fc.nat(1), held: fc.array(choice), orphans: fc.boolean() }).map(c =>
  command('take over', c, async (model, world) => {
    const instance = instanceOf(world, c.instance)
    const own = model.turns.filter(turn => turn.owner === instance)
    const held = c.held.flatMap(at => choose(own, at, () => true)?.id ?? [])
    const expected = model.claim(instance, { held, orphans: c.orphans })
    const claimed = await claimTurns(world.db, instance, {
      held,
      orphanSeconds: orphanSeconds(c.orphans),
      limit: 200,
    })
    expect(claimed.map(turn => turn.id).sort()).toEqual([...expected].sort())
    for (const id of expected) await takeUpBoth(model, world, { id, owner: instance })
    return expected.join() || 'none'
  }),
)

const takeUp = fc.record({ turn: choice, instance: fc.nat(2) }).map(t =>
  command('take up', t, async (model, world) => {
    const turn = choose(model.turns, t.turn, ({ status }) => status === 'running')
    return turn ? takeUpBoth(model, world, { id: turn.id, owner: instanceOf(world, t.instance) }) : null
  }),
)

async function takeUpBoth(
  model: TurnModel,
  { db }: World,
  { id, owner }: { id: string; owner: string },
): Promise<string> {
  const turn = model.turn(id)
  const isIts = model.takeUp(turn, owner)
  const owned = await takeUpTurn(db, { userId: model.userId, turnId: id, owner }, historyMessages)
  expect(owned?.id).toBe(isIts ? id : undefined)
  if (owned) expectOwned(model, owned)
  return `${isIts} ${id}`
}

const onInstance = (name: string, act: (model: TurnModel, world: World, id: string) => Promise<void>) =>
  fc.nat(1).map(at =>
    command(name, { at }, async (model, world) => {
      const instance = instanceOf(world, at)
      await act(model, world, instance)
      return instance
    }),
  )

const renew = onInstance('renew', async (model, { db }, instance) => {
  model.leases.set(instance, true)
  await renewLease(db, instance, 3600)
})

/** Expires the lease, as if the database's clock had moved past it. */
const expire = onInstance('expire', async (model, { db }, instance) => {
  if (model.leases.has(instance)) model.leases.set(instance, false)
  await db.query("update colloquy.instances set lease_until = now() - interval '1 second' where id = $1", [
    instance,
  ])
})

const release = onInstance('release', async (model, { db }, instance) => {
  model.release(instance)
  await releaseInstance(db, instance)
})

const forget = fc.constant(0).map(() =>
  command('forget instances', {}, async (model, { db }) => {
    model.forgetInstances()
    await forgetInstances(db)
    return 'done'
  }),
)

const times = <T>(n: number, item: T): T[] => Array.from({ length: n }, () => item)

/** Weighted, so that conversations get long enough for every rule to matter. */
export const turnCommands: fc.Arbitrary<Command>[] = [
  ...times(7, accept),
  ...times(4, journal),
  ...times(2, withCall('begin call', undefined)),
  ...times(2, withCall('finish call', 'completed')),
  withCall('finish call', 'failed'),
  withCall('finish call', 'unknown'),
  ...times(6, finish),
  ...times(5, decide),
  resolve,
  ...times(2, cancel),
  edit,
  ...times(2, switchTo),
  remove,
  ...times(2, claim),
  takeUp,
  ...times(2, renew),
  expire,
  release,
  forget,
]
