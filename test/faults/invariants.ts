import type { Told } from './client.ts'
import type { OutsideEffect } from './outside.ts'
import { answerOf, callsOf, type Plan, planOf } from './plan.ts'
import type { CallRow, ConversationRow, Records, TurnRow } from './records.ts'

/** What must hold whatever happened. Each function yields one sentence per violation. */

type Problems = Generator<string>

export function* violations(records: Records, told: Told[], effects: OutsideEffect[]): Problems {
  yield* acceptedMessages(records, told)
  for (const conversation of records.conversations) yield* order(records, conversation)
  for (const turn of records.turns) {
    yield* ending(turn)
    yield* answers(records, turn)
    yield* deeds(records, turn)
  }
  yield* answersTold(records, told)
  yield* tasks(records)
  yield* outsideEffects(records, effects)
}

/** No accepted message is lost, none has two turns, and no turn exists without an accepted message. */
function* acceptedMessages({ turns, keys }: Records, told: Told[]): Problems {
  for (const { key, accepted, once, turnId } of told) {
    const known = keys.find(each => each.key === `rest:${key}`)
    if (accepted && !known) yield `${key} was accepted and is lost`
    if (!accepted && once && known) yield `${key} was refused and has a turn`
    if (accepted && known && known.turn_id !== turnId)
      yield `${key} was told of ${turnId}, not ${known.turn_id}`
  }
  const keyed = new Set(keys.map(key => key.turn_id))
  for (const { id } of turns) if (!keyed.has(id)) yield `turn ${id} has no key`
  if (keyed.size !== turns.length) yield `${keyed.size} keys and ${turns.length} turns`
}

/**
 * Turn numbers have no gaps, places follow from numbers, roles alternate; the live ones form the path that ends at the
 * head.
 */
function* order({ turns, messages }: Records, conversation: ConversationRow): Problems {
  const { id, last_turn, active_turn, awaiting_turn, head_turn } = conversation
  const own = turns.filter(turn => turn.conversation_id === id)
  if (own.some((turn, i) => turn.turn_no !== i + 1)) yield `turns of ${id} have gaps in their numbers`
  if (last_turn !== own.length) yield `${id} has counted ${last_turn} turns, there are ${own.length}`
  if (active_turn) yield `${id} is still busy with ${active_turn}`
  const awaiting = own.find(turn => turn.status === 'awaiting_approval')?.id ?? null
  if (awaiting_turn !== awaiting) yield `${id} awaits ${awaiting_turn}, and ${awaiting} asks`
  const path = new Set<string>()
  for (let at = head_turn; at; at = own.find(turn => turn.id === at)?.parent_turn ?? null) path.add(at)
  for (const turn of own)
    if (turn.live !== path.has(turn.id))
      yield `turn ${turn.turn_no} is live: ${turn.live}, and not on the path so`
  for (const message of messages.filter(each => each.conversation_id === id)) {
    const turn = own[Math.ceil(message.seq / 2) - 1]
    if (turn?.id !== message.turn_id) yield `place ${message.seq} has a message of another turn`
    if (turn?.live !== message.live) yield `place ${message.seq} is live: ${message.live}, its turn is not so`
    if ((message.role === 'user') !== (message.seq % 2 === 1)) yield `${message.role} in place ${message.seq}`
  }
  const spoken = messages.filter(each => each.conversation_id === id && each.live).map(each => each.role)
  if (spoken.some((role, i) => role !== (i % 2 === 0 ? 'user' : 'assistant')))
    yield `not U A U A: ${spoken.join(' ')}`
}

/** No turn is stuck, none keeps its journal, none is given up before three take-overs. */
function* ending(turn: TurnRow): Problems {
  const { id, status, attempts, parts, error } = turn
  if (status === 'queued' || status === 'running') yield `turn ${id} is still ${status}`
  if (status !== 'awaiting_approval' && parts !== null) yield `turn ${id} is ${status} and keeps a journal`
  if (status === 'failed' && attempts < 3) yield `turn ${id} failed: ${JSON.stringify(error)}`
  if ((status === 'failed') !== (error !== null))
    yield `turn ${id} is ${status} with ${JSON.stringify(error)}`
}

/** Exactly one answer for a turn that ran, none for one withdrawn; a complete one if the turn completed. */
function* answers({ messages }: Records, turn: TurnRow): Problems {
  const own = messages.filter(message => message.turn_id === turn.id)
  const [question, answer, ...more] = own
  if (question?.role !== 'user' || more.length > 0) yield `turn ${turn.id} has ${own.length} messages`
  if (!turn.started_at) {
    if (answer || turn.live) yield `turn ${turn.id} was withdrawn and has an answer`
    return
  }
  if (!answer) return yield `turn ${turn.id} ran and has no answer`
  if (answer.status !== turn.status) yield `turn ${turn.id} is ${turn.status}, its answer ${answer.status}`
  const plan = planOf(question?.content ?? '')
  const isWhole = turn.status === 'completed' && !asks(plan)
  if (isWhole && answer.content !== answerOf(plan)) yield `the answer to ${plan.label} is “${answer.content}”`
}

const asks = ({ steps }: Plan) => steps.flat().includes('delete')

/** A completed turn did exactly what its message asked for, in order; any other turn did a prefix of that. */
function* deeds({ messages, calls }: Records, turn: TurnRow): Problems {
  const plan = planOf(messages.find(message => message.turn_id === turn.id)?.content ?? '')
  const own = calls.filter(call => call.turn_id === turn.id && call.step > 0)
  const planned = plan.steps.flatMap((_, i) => callsOf(plan, i + 1).map(call => ({ ...call, step: i + 1 })))
  if (turn.status === 'completed' && !asks(plan) && own.length !== planned.length)
    yield `${plan.label} asks for ${planned.length} calls and has ${own.length}`
  for (const [i, call] of own.entries()) {
    const due = planned[i]
    const isDue = due && due.name === call.name && due.step === call.step
    if (!isDue || !isSame(due.input, call.arguments)) yield `${plan.label}: call ${i} is ${describe(call)}`
    if (!mayEndAs(turn, call, plan)) yield `${plan.label} is ${turn.status} with ${describe(call)}`
  }
}

function mayEndAs({ status }: TurnRow, call: CallRow, plan: Plan): boolean {
  if (status === 'awaiting_approval')
    return ['completed', 'awaiting_approval', 'pending'].includes(call.status)
  const ends = ['completed', ...(call.name === 'call_outside' ? ['unknown'] : [])]
  if (status === 'completed' && !asks(plan)) return ends.includes(call.status)
  return [...ends, 'unknown', 'dropped', 'denied', 'approved'].includes(call.status)
}

const isSame = (a: Record<string, unknown>, b: Record<string, unknown>) =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([key, value]) => b[key] === value)

const describe = ({ name, step, position, status, arguments: args }: CallRow) =>
  `${name} ${JSON.stringify(args)} at ${step}.${position}, ${status}`

/** Clients were told what is stored. */
function* answersTold({ turns, messages }: Records, told: Told[]): Problems {
  for (const { key, turnId, outcome } of told) {
    if (!outcome) continue
    const turn = turns.find(each => each.id === turnId)
    const answer = messages.find(each => each.turn_id === turnId && each.role === 'assistant')
    const isSettled = outcome.status === turn?.status || outcome.status === 'awaiting_approval'
    if (!isSettled) yield `${key} was told ${outcome.status}, and it is ${turn?.status}`
    if (outcome.response !== (answer?.content ?? ''))
      yield `${key} was told “${outcome.response}”, stored is “${answer?.content}”`
  }
}

/** Every completed add call has a task with its number, every task a completed call; deleted tasks are gone. */
function* tasks({ tasks: rows, calls }: Records): Problems {
  const done = (name: string) => calls.filter(call => call.name === name && call.status === 'completed')
  const deleted = done('delete_task').map(call => call.result?.task_id)
  const added = done('add_task').map(call => ({ id: call.result?.task_id, title: call.arguments.title }))
  if (new Set(added.map(task => task.id)).size !== added.length) yield 'two calls tell of the same task'
  for (const { id, title } of rows) {
    if (!added.some(task => task.id === id && task.title === title)) yield `task ${id} “${title}” has no call`
    if (deleted.includes(id)) yield `task ${id} was deleted and is there`
  }
  for (const { id, title } of added)
    if (!deleted.includes(id) && !rows.some(task => task.id === id)) yield `task ${id} “${title}” is lost`
}

/** Never twice; once if the call says so; not at all if the call never started. */
function* outsideEffects({ calls }: Records, effects: OutsideEffect[]): Problems {
  const own = calls.filter(call => call.name === 'call_outside')
  for (const call of own) {
    const seen = effects.filter(effect => effect.idempotencyKey === (call.continues ?? call.id))
    if (seen.length > 1) yield `${describe(call)} took effect ${seen.length} times`
    if (call.status === 'completed' && seen.length !== 1) yield `${describe(call)} never took effect`
    if (call.status === 'dropped' && seen.length > 0) yield `${describe(call)} took effect`
  }
  const labels = own.map(call => call.arguments.label)
  for (const label of new Set(labels)) {
    const count = effects.filter(effect => effect.label === label).length
    if (count > 1) yield `${label} took effect ${count} times`
  }
}
