import { describe, expect, inject, test } from 'vitest'
import type { Connection } from '../server/db/database.ts'
import { findDueReminder, fireReminder } from '../server/store/due-reminders.ts'
import { fireReminders } from '../server/turns/fire-reminders.ts'
import { minutesAhead, passTime, shiftTime } from './support/passing-time.ts'
import { textStream, toolCallStream } from './support/replay-answers.ts'
import {
  follow,
  holdTurn,
  messagesOf,
  modelAt,
  patiently,
  promptOf,
  readingOf,
  sayWatching,
  turnOf,
} from './support/replayed-server.ts'
import { clientOf, openPlace, startServerAt } from './support/server.ts'
import { ann, shareReplayedServer, world } from './support/shared-replayed-server.ts'

shareReplayedServer()

const db = () => world.server.context.db
const fire = () => fireReminders(world.server.context.engine)

/** So many minutes later, with the pulse having beaten. */
async function later(minutes: number, client = ann): Promise<void> {
  await passTime(db(), client.userId, minutes)
  await fire()
}

async function addTask(fields: Record<string, unknown> = {}, client = ann): Promise<number> {
  const task = { title: 'Call mom', due_date: minutesAhead(120), ...fields }
  const { status, body } = await client.call('POST', '/tasks', task)
  expect(status).toBe(201)
  return body.id
}

const remind = async (given: Record<string, unknown>, client = ann) =>
  (await client.call('POST', '/reminders', given)).body

const remindersOf = async (client = ann, query = '') => (await client.call('GET', `/reminders${query}`)).body

const conversationsOf = async (client = ann) => (await client.call('GET', '/conversations')).body

const beginConversation = async (title = 'Plans'): Promise<string> =>
  (await ann.call('POST', '/conversations', { title })).body.id

describe('a reminder that comes due', () => {
  test('is a message of the assistant in the conversation that was chosen, once', async () => {
    const conversation = await beginConversation()
    await beginConversation('Newer')
    const set = await remind({ task_id: await addTask(), conversation_id: conversation })
    expect(set).toMatchObject({ status: 'scheduled', minutes_before: 60, title: 'Call mom', late: false })
    await later(59)
    expect(await readingOf(ann, conversation)).toEqual([])
    await later(1)
    await fire()
    const [message, ...others] = await messagesOf(ann, conversation)
    expect(others).toEqual([])
    expect(message).toMatchObject({ seq: 2, role: 'assistant', status: 'completed', tool_calls: [] })
    expect(message?.content).toMatch(/^\*\*Call mom\*\* is due in 1 hour, (today|tomorrow) at \d\d:\d\d\.$/)
    expect(world.replay.requests, 'no model had a part in it').toEqual([])
    expect(await remindersOf()).toMatchObject([
      { id: set.id, status: 'fired', late: false, turn_id: message?.turn_id },
    ])
    expect((await conversationsOf())[0]).toMatchObject({ id: conversation, active_turn_id: null })
  })

  test('is a turn without a message, which can be read and followed and not be asked again', async () => {
    const conversation = await beginConversation()
    await remind({ task_id: await addTask(), conversation_id: conversation })
    await later(60)
    const [{ turn_id: turn } = { turn_id: '' }] = await messagesOf(ann, conversation)
    expect(await turnOf(ann, turn)).toMatchObject({
      kind: 'reminder',
      number: 1,
      message: null,
      status: 'completed',
    })
    expect((await ann.call('GET', `/conversations/${conversation}/turns`)).body).toMatchObject([{ id: turn }])
    expect((await (await follow(ann, turn)).ended).response).toContain('Call mom')
    expect((await ann.call('POST', `/turns/${turn}/versions`, {})).status).toBe(409)
    expect((await ann.call('PUT', `/turns/${turn}/message`, { message: 'Hi' })).status).toBe(409)
  })

  test('is known to the model that answers next', async () => {
    const conversation = await beginConversation()
    await remind({ task_id: await addTask(), conversation_id: conversation })
    await later(60)
    world.replay.enqueue([textStream('Well done.')])
    await ann.say('I called her', conversation)
    const prompt = promptOf(await world.replay.request(0))
    expect(prompt).toHaveLength(3)
    expect(prompt[0]).toMatch(/^user: /)
    expect(prompt[1]).toMatch(/^assistant: \*\*Call mom\*\* is due/)
    expect(prompt[2]).toBe('user: I called her')
  })

  test('at its own time goes without a due date', async () => {
    const conversation = await beginConversation()
    const task_id = await addTask({ due_date: null })
    await remind({ task_id, remind_at: minutesAhead(10), conversation_id: conversation })
    await later(11)
    expect(await readingOf(ann, conversation)).toEqual(['2 assistant: Reminder: **Call mom**.'])
  })

  test('speaks of the zone and the language that the user has settled', async () => {
    await ann.call('PUT', '/settings', { time_zone: 'Asia/Karachi', locale: 'ur' })
    const conversation = await beginConversation()
    const due = new Date(minutesAhead(120))
    await remind({ task_id: await addTask({ due_date: due.toISOString() }), conversation_id: conversation })
    await later(60)
    const [message] = await messagesOf(ann, conversation)
    const inKarachi = new Date(due.getTime() + (5 - 1) * 3_600_000).toISOString().slice(11, 16)
    expect(message?.content).toContain('کا وقت')
    expect(message?.content).toContain(inKarachi)
  })

  test('after days without a server is told once, and says that it is late', async () => {
    const conversation = await beginConversation()
    await remind({ task_id: await addTask(), conversation_id: conversation })
    await later(3 * 24 * 60)
    await fire()
    const messages = await messagesOf(ann, conversation)
    expect(messages).toHaveLength(1)
    expect(messages[0]?.content).toMatch(
      /^Late, for .+ at \d\d:\d\d: this was due while no server was running\. \*\*Call mom\*\* was due 3 days ago, .+\.$/,
    )
    expect(await remindersOf()).toMatchObject([{ status: 'fired', late: true }])
  })
})

describe('where it is told', () => {
  test('those that chose nowhere share the conversation “Reminders”', async () => {
    const task_id = await addTask()
    await remind({ task_id })
    await remind({ task_id, minutes_before: 30 })
    await later(91)
    expect(await conversationsOf()).toMatchObject([{ title: 'Reminders' }])
    expect(await messagesOf(ann, (await conversationsOf())[0].id)).toMatchObject([{ seq: 2 }, { seq: 4 }])
  })

  test('so does one whose conversation is gone, also when “Reminders” itself was deleted', async () => {
    const conversation = await beginConversation()
    const task_id = await addTask()
    await remind({ task_id, conversation_id: conversation })
    await remind({ task_id, minutes_before: 30 })
    await ann.call('DELETE', `/conversations/${conversation}`)
    await later(60)
    const [{ id }] = await conversationsOf()
    await ann.call('DELETE', `/conversations/${id}`)
    await later(30)
    expect(await conversationsOf()).toMatchObject([{ title: 'Reminders' }])
    expect(await messagesOf(ann, (await conversationsOf())[0].id)).toMatchObject([{ seq: 2 }])
  })

  test('a conversation that was put away comes back with it', async () => {
    const conversation = await beginConversation()
    await ann.call('PATCH', `/conversations/${conversation}`, { archived: true })
    await remind({ task_id: await addTask(), conversation_id: conversation })
    await later(60)
    expect(await conversationsOf()).toMatchObject([{ id: conversation, archived: false }])
  })
})

describe('in a conversation that is busy', () => {
  test('it waits for the turn that runs, then goes before the message behind it', async () => {
    const first = await holdTurn(world, ann)
    await remind({ task_id: await addTask(), conversation_id: first.conversation })
    await later(60)
    const second = await sayWatching(ann, 'Second', first.conversation)
    const queued = (await ann.call('GET', `/conversations/${first.conversation}/turns?status=queued`)).body
    expect(queued).toMatchObject([{ kind: 'reminder', message: null }, { message: 'Second' }])
    world.replay.enqueue([textStream('2nd answer')])
    first.release()
    await second.ended
    const reading = await readingOf(ann, first.conversation)
    expect(reading.map(line => line.replace(/ is due .*/, ''))).toEqual([
      ...['1 user: First', '2 assistant: First answer', '4 assistant: **Call mom**'],
      ...['5 user: Second', '6 assistant: 2nd answer'],
    ])
    expect(promptOf(await world.replay.request(1)).join('\n')).toContain('assistant: First answer')
    expect(promptOf(await world.replay.request(1)).join('\n')).toContain('**Call mom** is due')
  })

  test('a message that interrupts does not withdraw it', async () => {
    const first = await holdTurn(world, ann)
    await remind({ task_id: await addTask(), conversation_id: first.conversation })
    await later(60)
    world.replay.enqueue([textStream('2nd answer')])
    await ann.say('Second', first.conversation, { if_busy: 'interrupt' })
    expect((await readingOf(ann, first.conversation)).join('\n')).toContain(
      '4 assistant: **Call mom** is due',
    )
    first.release()
  })

  test('it can be withdrawn while it waits', async () => {
    const first = await holdTurn(world, ann)
    await remind({ task_id: await addTask(), conversation_id: first.conversation })
    await later(60)
    const [{ id }] = (await ann.call('GET', `/conversations/${first.conversation}/turns?status=queued`)).body
    expect((await ann.call('PUT', `/turns/${id}/cancellation`)).body.status).toBe('cancelled')
    first.release()
    await first.ended
    expect(await readingOf(ann, first.conversation)).toHaveLength(2)
  })
})

describe('beside a question that awaits its answer', () => {
  const asking = () => toolCallStream('delete_task', { task_id: 2 })

  test('it is told, and the question still stands', async () => {
    const task_id = await addTask()
    await addTask({ title: 'Old' })
    world.replay.enqueue([asking()])
    const { body: asked } = await ann.say('Delete old')
    await remind({ task_id, conversation_id: asked.conversation_id })
    await later(60)
    world.replay.enqueue([textStream('Gone.')])
    const { body: answer } = await ann.say('yes', asked.conversation_id)
    expect(answer.tool_calls).toMatchObject([{ name: 'delete_task', status: 'completed' }])
    expect(await readingOf(ann, asked.conversation_id)).toHaveLength(5)
  })

  test('that came while it waited to be told, too', async () => {
    const task_id = await addTask()
    await addTask({ title: 'Old' })
    const turn = await holdTurn(world, ann, { answer: asking() })
    await remind({ task_id, conversation_id: turn.conversation })
    await later(60)
    turn.release()
    const asked = await turn.ended
    expect(asked.status).toBe('awaiting_approval')
    expect(await messagesOf(ann, turn.conversation)).toHaveLength(3)
    world.replay.enqueue([textStream('Gone.')])
    await ann.call('PUT', `/tool-calls/${asked.tool_calls[0]?.id}/approval`, { approved: true })
    expect((await (await follow(ann, turn.turn)).ended).response).toContain('Gone.')
    expect((await ann.call('GET', '/tasks/2')).status).toBe(404)
  })
})

describe('a task that changes before its reminder', () => {
  test.each([
    ['completed', (id: number) => ann.call('PATCH', `/tasks/${id}/complete`, { completed: true })],
    ['deleted', (id: number) => ann.call('DELETE', `/tasks/${id}`)],
    ['without its due date', (id: number) => ann.call('PUT', `/tasks/${id}`, { due_date: null })],
  ])('%s: nothing is told', async (_, change) => {
    const task_id = await addTask()
    await remind({ task_id })
    await change(task_id)
    await later(60)
    expect(await conversationsOf()).toEqual([])
    expect(await remindersOf(ann, '?status=scheduled')).toEqual([])
  })

  test('completed and reopened in time: it is told', async () => {
    const task_id = await addTask()
    await remind({ task_id })
    for (const completed of [true, false])
      await ann.call('PATCH', `/tasks/${task_id}/complete`, { completed })
    await later(60)
    expect(await conversationsOf()).toHaveLength(1)
  })

  test('put off: the reminder goes where its date goes, and one at a time of its own stays', async () => {
    const task_id = await addTask()
    const tied = await remind({ task_id, minutes_before: 60 })
    const own = await remind({ task_id, remind_at: minutesAhead(30) })
    const due = minutesAhead(300)
    await ann.call('PUT', `/tasks/${task_id}`, { due_date: due, title: 'Call dad' })
    const times = Object.fromEntries(
      (await remindersOf()).map((r: { id: string; remind_at: string }) => [r.id, r.remind_at]),
    )
    expect(times).toEqual({
      [tied.id]: new Date(Date.parse(due) - 3_600_000).toISOString(),
      [own.id]: own.remind_at,
    })
    await later(60)
    expect(await remindersOf()).toMatchObject([
      { id: own.id, status: 'fired' },
      { id: tied.id, status: 'scheduled' },
    ])
  })

  test('put off after it was told: it is told again', async () => {
    const task_id = await addTask()
    await remind({ task_id })
    await later(60)
    await ann.call('PUT', `/tasks/${task_id}`, { due_date: minutesAhead(180) })
    expect(await remindersOf()).toMatchObject([{ status: 'scheduled', fired_at: null, turn_id: null }])
    await later(121)
    expect(await messagesOf(ann, (await conversationsOf())[0].id)).toHaveLength(2)
  })

  test('moved so near that its time would be over: it is cancelled', async () => {
    const task_id = await addTask()
    await remind({ task_id })
    await ann.call('PUT', `/tasks/${task_id}`, { due_date: minutesAhead(10) })
    expect(await remindersOf()).toMatchObject([{ status: 'cancelled' }])
  })

  test('between the look at it and the telling: it is told as it is then', async () => {
    const conversation = await beginConversation()
    const task_id = await addTask({ title: 'Old' })
    const { id } = await remind({ task_id, conversation_id: conversation })
    const name = { userId: ann.userId, id }
    await db().query(
      `update colloquy.tasks set due_date = due_date - interval '61 minutes' where user_id = $1`,
      [ann.userId],
    )
    const due = await db().transaction(async tx => {
      // Nobody else sees it due before the title is another one.
      await tx.query(
        `update colloquy.reminders set remind_at = remind_at - interval '61 minutes' where id = $1`,
        [id],
      )
      const found = await findDueReminder(tx, name, 120)
      await tx.query('reset role')
      await tx.query(
        `update colloquy.tasks set title = 'New', updated_at = updated_at + interval '1 second' where user_id = $1`,
        [ann.userId],
      )
      return found
    })
    if (!due) throw new Error('It is not due')
    const context = { now: due.now, time_zone: 'UTC', locale: 'en', reminder: 'Old words' }
    const told = { seen: due.seen, late: false, context, turnId: crypto.randomUUID() }
    expect(['changed', 'gone']).toContain((await fireReminder(db(), name, told)).outcome)
    await fire()
    await expect.poll(async () => (await messagesOf(ann, conversation)).length, patiently).toBe(1)
    expect((await messagesOf(ann, conversation))[0]?.content).toContain('**New**')
  })
})

describe('a process that dies', () => {
  /** What the process would have written, had it come so far. */
  async function dueIn(conversation: string) {
    const { id } = await remind({ task_id: await addTask(), conversation_id: conversation })
    const name = { userId: ann.userId, id }
    const context = { now: '2026-11-22T08:00:00.000Z', time_zone: 'UTC', locale: 'en', reminder: 'Call mom!' }
    const fireIn = async (connection: Connection) => {
      const due = await findDueReminder(connection, name, 120)
      if (!due) return undefined
      await connection.query('reset role')
      const told = { seen: due.seen, late: false, context, turnId: crypto.randomUUID() }
      return (await fireReminder(connection, name, told)).outcome
    }
    return { fireIn, shift: (connection: Connection) => shiftTime(connection, ann.userId, 60) }
  }

  test('before the commit has told nothing, and the next one tells it', async () => {
    const conversation = await beginConversation()
    const { fireIn, shift } = await dueIn(conversation)
    const dying = db().transaction(async tx => {
      await shift(tx)
      expect(await fireIn(tx)).toBe('told')
      throw new Error('Killed')
    })
    await expect(dying).rejects.toThrow('Killed')
    expect(await messagesOf(ann, conversation)).toEqual([])
    await later(60)
    expect(await messagesOf(ann, conversation)).toHaveLength(1)
  })

  test('after it has told all, and the next one finds nothing to do', async () => {
    const conversation = await beginConversation()
    const { fireIn, shift } = await dueIn(conversation)
    await db().transaction(async tx => {
      await shift(tx)
      expect(await fireIn(tx)).toBe('told')
    })
    expect(await db().transaction(fireIn)).toBeUndefined()
    await fire()
    expect(await readingOf(ann, conversation)).toEqual(['2 assistant: Call mom!'])
  })
})

test('the next task of a recurring one is reminded of as the one before was', async () => {
  const task_id = await addTask({ recurrence: 'daily' })
  await remind({ task_id, minutes_before: 45 })
  await remind({ task_id, remind_at: minutesAhead(30) })
  await later(76)
  const { body: done } = await ann.call('PATCH', `/tasks/${task_id}/complete`, { completed: true })
  const next = (await ann.call('GET', `/tasks/${task_id + 1}`)).body
  expect(await remindersOf(ann, '?status=scheduled')).toMatchObject([
    {
      task_id: next.id,
      minutes_before: 45,
      remind_at: new Date(Date.parse(next.due_date) - 45 * 60_000).toISOString(),
    },
  ])
  expect(Date.parse(next.due_date) - Date.parse(done.due_date)).toBeGreaterThan(22 * 3_600_000)
})

describe('by REST', () => {
  test.each<[string, Record<string, unknown>, number, string]>([
    ['of a task that is not there', { task_id: 99 }, 404, 'task_not_found'],
    [
      'in a conversation that is not there',
      { task_id: 1, conversation_id: crypto.randomUUID() },
      404,
      'conversation_not_found',
    ],
    ['with both times', { task_id: 1, minutes_before: 5, remind_at: minutesAhead(9) }, 400, 'invalid'],
    ['in the past', { task_id: 1, remind_at: '2020-01-01T00:00:00Z' }, 400, 'invalid'],
    ['longer before than there is time', { task_id: 1, minutes_before: 121 }, 400, 'invalid'],
    ['at no time at all', { task_id: 1, remind_at: 'soon' }, 400, 'invalid'],
    ['of a task without a date', { task_id: 2 }, 400, 'invalid'],
    ['of a completed task', { task_id: 3 }, 409, 'conflict'],
    ['of nothing', {}, 400, 'invalid'],
  ])('one %s is refused', async (_, given, status, code) => {
    await addTask()
    await addTask({ due_date: null })
    await addTask()
    await ann.call('PATCH', '/tasks/3/complete', { completed: true })
    expect(await ann.call('POST', '/reminders', given)).toMatchObject({ status, body: { code } })
    expect(await remindersOf()).toEqual([])
  })

  test('the same again is the same, pages go on where they ended, and cancelling is for good', async () => {
    const task_id = await addTask()
    const first = await remind({ task_id })
    expect((await remind({ task_id })).id).toBe(first.id)
    const second = await remind({ task_id, minutes_before: 30 })
    const page = await ann.call('GET', '/reminders?limit=1')
    expect(page.body).toMatchObject([{ id: first.id }])
    const after = /[?&]after=([^&>]+)/.exec(page.headers.get('link') ?? '')?.[1]
    expect(await remindersOf(ann, `?limit=1&after=${after}`)).toMatchObject([{ id: second.id }])
    for (const _ of [1, 2]) expect((await ann.call('DELETE', `/reminders/${first.id}`)).status).toBe(204)
    await later(91)
    expect(await remindersOf(ann, '?status=fired')).toMatchObject([{ id: second.id }])
    expect((await ann.call('DELETE', `/reminders/${second.id}`)).status).toBe(409)
    expect((await ann.call('DELETE', `/reminders/${crypto.randomUUID()}`)).status).toBe(404)
  })

  test('no more than a thousand can be scheduled', async () => {
    const task_id = await addTask()
    await db().query(
      `insert into colloquy.reminders (user_id, id, task_id, remind_at)
       select $1, gen_random_uuid(), $2, now() + make_interval(mins => 10 + n) from generate_series(1, 1000) n`,
      [ann.userId, task_id],
    )
    const refused = await ann.call('POST', '/reminders', { task_id })
    expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } })
    expect(refused.body.detail).toContain('1000')
  })
})

test('the tools set, list and cancel, for the conversation in which they are used', async () => {
  const task_id = await addTask()
  world.replay.enqueue([
    toolCallStream('set_reminder', { task_id }),
    toolCallStream('set_reminder', { task_id, minutes_before: '30' }),
    toolCallStream('list_reminders', {}),
    textStream('I will remind you.'),
  ])
  const { body: set } = await ann.call(
    'POST',
    '/chat',
    { message: 'Remind me' },
    { 'x-time-zone': 'Asia/Tokyo' },
  )
  const results = set.tool_calls.map((call: { result: unknown }) => call.result)
  const title = 'Call mom'
  const [{ remind_at: first }, { remind_at: second }] = results
  expect(results).toEqual([
    { task_id, title, remind_at: first, status: 'scheduled' },
    { task_id, title, remind_at: second, status: 'scheduled' },
    {
      reminders: [
        { task_id, title, remind_at: first },
        { task_id, title, remind_at: second },
      ],
    },
  ])
  await later(60)
  expect((await readingOf(ann, set.conversation_id)).at(-1)).toMatch(/^4 assistant: \*\*Call mom\*\*/)
  world.replay.enqueue([
    toolCallStream('cancel_reminder', { task_id }),
    toolCallStream('cancel_reminder', { task_id }),
    textStream('Cancelled.'),
  ])
  const { body: cancelled } = await ann.say('No more', set.conversation_id)
  expect(cancelled.tool_calls.map((call: { result: unknown }) => call.result)).toEqual([
    { task_id, title, status: 'cancelled' },
    { error: `Task ${task_id} has no reminder`, code: 'reminder_not_found' },
  ])
})

test('two hundred are told once each, however many look at once', async () => {
  const place = inject('engine') === 'postgres' ? await openPlace() : undefined
  const here = place ? await startServerAt(place, modelAt(world.replay)) : world.server
  const there = place ? await startServerAt(place, modelAt(world.replay)) : world.server
  const bob = await clientOf(here)
  const ids = []
  for (let n = 0; n < 5; n += 1) ids.push(await addTask({ title: `Task ${n}` }, bob))
  await here.context.db.query(
    `insert into colloquy.reminders (user_id, id, task_id, remind_at)
     select $1, gen_random_uuid(), 1 + n % 5, now() from generate_series(1, 200) n`,
    [bob.userId],
  )
  await Promise.all([here, there, here, there].map(server => fireReminders(server.context.engine)))
  const told = await here.context.db.query<{ seq: number; turn_id: string }>(
    'select seq, turn_id from colloquy.messages where user_id = $1 order by seq',
    [bob.userId],
  )
  expect(told.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, n) => 2 * n + 2))
  const fired = await here.context.db.query<{ status: string; count: number }>(
    'select status, count(distinct turn_id)::int as count from colloquy.reminders where user_id = $1 group by 1',
    [bob.userId],
  )
  expect(fired).toEqual([{ status: 'fired', count: 200 }])
  expect(ids).toHaveLength(5)
  if (place) {
    for (const server of [here, there]) await server[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  }
})
