import { describe, expect, test } from 'vitest'
import { stream, textStream, toolCall, toolCallStream } from '../support/replay-answers.ts'
import {
  follow,
  freshUser,
  holdTurn,
  messagesOf,
  promptOf,
  queueOf,
  sayWatching,
  startReplayedServer,
  turnOf,
} from '../support/replayed-server.ts'
import { type Answered, clientOf, openPlace } from '../support/server.ts'
import { ann, shareReplayedServer, world } from '../support/shared-replayed-server.ts'

shareReplayedServer()

const deleting = (...ids: number[]) => stream(...ids.map(task_id => toolCall('delete_task', { task_id })))

const titles = async (client = ann): Promise<string[]> =>
  (await client.call('GET', '/tasks?sort=title&order=asc')).body.map((task: { title: string }) => task.title)

async function addTasks(...names: string[]): Promise<void> {
  for (const title of names) await ann.call('POST', '/tasks', { title })
}

const statuses = ({ body }: Answered): string[] =>
  body.tool_calls.map((call: { name: string; status: string }) => `${call.name} ${call.status}`)

const approve = (call: { id: string }, approved: boolean, client = ann) =>
  client.call('PUT', `/tool-calls/${call.id}/approval`, { approved })

/** Tasks named A, B …, and a turn that asks whether the given ones may be deleted. */
async function ask(...ids: number[]): Promise<Answered> {
  await addTasks(...['A', 'B', 'C'].slice(0, Math.max(...ids)))
  world.replay.enqueue([deleting(...ids)])
  const asked = await ann.say('Delete them')
  expect(asked.body.status).toBe('awaiting_approval')
  return asked
}

describe('a tool that asks first', () => {
  test('has done nothing; the question is stored and the conversation is free', async () => {
    const asked = await ask(1)
    expect(statuses(asked)).toEqual(['delete_task awaiting_approval'])
    expect(asked.body.response).toContain('“A”')
    expect(await titles()).toEqual(['A'])
    const { conversation_id: conversation } = asked.body
    expect((await messagesOf(ann, conversation)).at(-1)).toMatchObject({
      status: 'awaiting_approval',
      content: asked.body.response,
    })
    expect((await ann.call('GET', `/conversations/${conversation}`)).body.active_turn_id).toBeNull()
  })

  test('is not asked about when request and confirmation are in one message', async () => {
    await addTasks('A')
    world.replay.enqueue([deleting(1), textStream('Gone.')])
    expect(statuses(await ann.say('yes, delete task 1'))).toEqual(['delete_task completed'])
  })

  test('is not asked about when there is nothing to do: the call fails and the model is told', async () => {
    world.replay.enqueue([deleting(7), textStream('There is no task 7.')])
    const answered = await ann.say('Delete task 7')
    expect(answered.body).toMatchObject({ status: 'completed', response: 'There is no task 7.' })
    expect(statuses(answered)).toEqual(['delete_task failed'])
  })

  test('lets the calls before it run, and the calls behind it wait', async () => {
    await addTasks('A')
    const step = [
      toolCall('add_task', { title: 'Before' }),
      toolCall('delete_task', { task_id: 1 }),
      toolCall('add_task', { title: 'Behind' }),
    ]
    world.replay.enqueue([stream(...step)])
    const asked = await ann.say('Delete A between two others')
    expect(statuses(asked)).toEqual([
      'add_task completed',
      'delete_task awaiting_approval',
      'add_task pending',
    ])
    expect(await titles()).toEqual(['A', 'Before'])
    world.replay.enqueue([textStream('Done.')])
    const done = await ann.say('yes', asked.body.conversation_id)
    expect(statuses(done)).toEqual(['delete_task completed', 'add_task completed'])
    expect(await titles()).toEqual(['Before', 'Behind'])
  })
})

describe('the next message', () => {
  test('that says yes has the call carried out, as the first of its own turn', async () => {
    const asked = await ask(1)
    world.replay.enqueue([textStream('A is gone.')])
    const done = await ann.say('yes', asked.body.conversation_id)
    expect(done.body).toMatchObject({ status: 'completed', response: 'A is gone.' })
    expect(statuses(done)).toEqual(['delete_task completed'])
    expect(done.body.tool_calls[0].id).not.toBe(asked.body.tool_calls[0].id)
    expect(await titles()).toEqual([])
    const old = await turnOf(ann, asked.body.turn_id)
    expect(old).toMatchObject({ status: 'completed', tool_calls: [{ status: 'approved' }] })
    const prompt = promptOf(await world.replay.request(1))
    expect(prompt.slice(-3)).toEqual([
      'user: yes',
      'calls: delete_task {"task_id":1}',
      expect.stringContaining('"status":"deleted"'),
    ])
  })

  test('that says no has it denied, and the model is told', async () => {
    const asked = await ask(1)
    world.replay.enqueue([textStream('Kept.')])
    const kept = await ann.say('no', asked.body.conversation_id)
    expect(kept.body).toMatchObject({ status: 'completed', response: 'Kept.', tool_calls: [] })
    expect(await turnOf(ann, asked.body.turn_id)).toMatchObject({ tool_calls: [{ status: 'denied' }] })
    expect(promptOf(await world.replay.request(1)).join()).toContain('denied: the user said no')
    expect(await titles()).toEqual(['A'])
  })

  test('that says anything else drops it and is answered itself; a later yes approves nothing', async () => {
    const asked = await ask(1)
    world.replay.enqueue([textStream('You have A.'), textStream('Yes to what?')])
    expect((await ann.say('What is there?', asked.body.conversation_id)).body.response).toBe('You have A.')
    expect(await turnOf(ann, asked.body.turn_id)).toMatchObject({
      status: 'completed',
      tool_calls: [{ status: 'dropped' }],
    })
    const late = await ann.say('yes', asked.body.conversation_id)
    expect(late.body).toMatchObject({ response: 'Yes to what?', tool_calls: [] })
    expect(promptOf(await world.replay.request(1)).join()).toContain('dropped: the user went on')
    expect(await titles()).toEqual(['A'])
  })

  test('settles all calls of the question at once', async () => {
    const asked = await ask(1, 2, 3)
    expect(asked.body.response).toMatch(/“A”[\s\S]*“B”[\s\S]*“C”/)
    world.replay.enqueue([textStream('All gone.')])
    const done = await ann.say('yes', asked.body.conversation_id)
    expect(statuses(done)).toEqual([
      'delete_task completed',
      'delete_task completed',
      'delete_task completed',
    ])
    expect(await titles()).toEqual([])
  })

  test('that says no drops what waited behind the denied call', async () => {
    await addTasks('A')
    const step = [toolCall('delete_task', { task_id: 1 }), toolCall('add_task', { title: 'Behind' })]
    world.replay.enqueue([stream(...step), textStream('Nothing done.')])
    const asked = await ann.say('Replace A')
    await ann.say('no', asked.body.conversation_id)
    expect((await turnOf(ann, asked.body.turn_id)).tool_calls).toMatchObject([
      { status: 'denied' },
      { status: 'dropped' },
    ])
    expect(await titles()).toEqual(['A'])
  })

  test('never approves when it was sent before the question was asked', async () => {
    await addTasks('A')
    const first = await holdTurn(world, ann, { answer: deleting(1) })
    const second = await sayWatching(ann, 'yes', first.conversation)
    expect(await queueOf(ann, first.conversation)).toEqual(['yes'])
    world.replay.enqueue([textStream('Yes to what?')])
    first.release()
    expect(await second.ended).toMatchObject({ status: 'completed', tool_calls: [] })
    expect(await turnOf(ann, first.turn)).toMatchObject({
      status: 'completed',
      tool_calls: [{ status: 'dropped' }],
    })
    expect(await titles()).toEqual(['A'])
  })
})

describe('a verdict on the call itself', () => {
  test('yes: the same turn goes on, in the same answer', async () => {
    const asked = await ask(1)
    world.replay.enqueue([textStream('A is gone.')])
    const [call] = asked.body.tool_calls
    const following = await follow(ann, asked.body.turn_id)
    expect((await following.ended).status, 'who follows a question has seen all of it').toBe(
      'awaiting_approval',
    )
    expect(await approve(call, true)).toMatchObject({ status: 200, body: { id: asked.body.turn_id } })
    const done = await (await follow(ann, asked.body.turn_id)).ended
    expect(done).toMatchObject({
      status: 'completed',
      message_id: asked.body.message_id,
      tool_calls: [{ id: call.id, status: 'completed' }],
    })
    expect(done.response).toBe(`${asked.body.response}\n\nA is gone.`)
    expect(await titles()).toEqual([])
    expect((await messagesOf(ann, asked.body.conversation_id)).map(message => message.content)).toEqual([
      'Delete them',
      done.response,
    ])
  })

  test('no: nothing is done, and the turn goes on with the model knowing it', async () => {
    const asked = await ask(1)
    world.replay.enqueue([textStream('Kept.')])
    await approve(asked.body.tool_calls[0], false)
    const done = await (await follow(ann, asked.body.turn_id)).ended
    expect(done).toMatchObject({ status: 'completed', tool_calls: [{ status: 'denied' }] })
    expect(promptOf(await world.replay.request(1)).join()).toContain('denied: the user said no')
    expect(await titles()).toEqual(['A'])
  })

  test('no, with a reason: it is kept with the call, and the model is told', async () => {
    const asked = await ask(1)
    world.replay.enqueue([textStream('Kept.'), textStream('As you wish.')])
    const [call] = asked.body.tool_calls
    const path = `/tool-calls/${call.id}/approval`
    const reason = ' Not before "Friday" '
    expect((await ann.call('PUT', path, { approved: false, reason })).status).toBe(200)
    const done = await (await follow(ann, asked.body.turn_id)).ended
    const kept = { status: 'denied', result: { reason: 'Not before "Friday"' } }
    expect(done).toMatchObject({ status: 'completed', tool_calls: [kept] })
    const told = 'nothing was done. Their reason: "Not before \\"Friday\\""'
    expect(promptOf(await world.replay.request(1)).join()).toContain(told)
    await ann.say('Fine', asked.body.conversation_id)
    expect(promptOf(await world.replay.request(2)).join(), 'and later ones, too').toContain(told)
    expect((await ann.call('PUT', path, { approved: false, reason: 'Another' })).status).toBe(409)
    expect(await turnOf(ann, asked.body.turn_id)).toMatchObject({ tool_calls: [kept] })
  })

  test('a reason with a yes, or before the question is there to be answered, leaves no trace', async () => {
    const asked = await ask(1)
    world.replay.enqueue([textStream('Done.')])
    const path = `/tool-calls/${asked.body.tool_calls[0].id}/approval`
    for (const reason of ['x'.repeat(1001), 'a\0b', 7])
      expect((await ann.call('PUT', path, { approved: false, reason })).status).toBe(400)
    await ann.call('PUT', path, { approved: true, reason: 'Go on' })
    const done = await (await follow(ann, asked.body.turn_id)).ended
    expect(done).toMatchObject({ tool_calls: [{ status: 'completed', result: { status: 'deleted' } }] })
    expect(JSON.stringify(done)).not.toContain('Go on')
  })

  test('counts once: of two at the same time one wins and the other is told', async () => {
    const asked = await ask(1)
    world.replay.enqueue([textStream('Done.')])
    const [call] = asked.body.tool_calls
    const answers = await Promise.all([approve(call, true), approve(call, true)])
    expect(answers.map(answer => answer.status).sort()).toEqual([200, 409])
    await (await follow(ann, asked.body.turn_id)).ended
    expect(await approve(call, false)).toMatchObject({ status: 409, body: { code: 'conflict' } })
    expect(await titles()).toEqual([])
    expect(world.replay.requests, 'the turn went on once').toHaveLength(2)
  })

  test('and a message at the same time: exactly one of them decides', async () => {
    const asked = await ask(1)
    world.replay.otherwise(textStream('Done.'))
    const [verdict, said] = await Promise.all([
      approve(asked.body.tool_calls[0], true),
      ann.say('no', asked.body.conversation_id),
    ])
    expect([200, 409]).toContain(verdict.status)
    expect(said.body.status).toBe('completed')
    expect(await titles()).toEqual(verdict.status === 200 ? [] : ['A'])
  })

  test('is waited for on every call of the question; what waited behind runs when any was approved', async () => {
    await addTasks('A', 'B')
    const step = [
      toolCall('delete_task', { task_id: 1 }),
      toolCall('delete_task', { task_id: 2 }),
      toolCall('add_task', { title: 'Behind' }),
    ]
    world.replay.enqueue([stream(...step), textStream('Done.')])
    const asked = await ann.say('Replace A and B')
    const [first, second] = asked.body.tool_calls
    expect((await approve(first, false)).body.status, 'one verdict is missing').toBe('awaiting_approval')
    await approve(second, true)
    const done = await (await follow(ann, asked.body.turn_id)).ended
    expect(done.tool_calls.map(call => call.status)).toEqual(['denied', 'completed', 'completed'])
    expect(await titles()).toEqual(['A', 'Behind'])
  })

  test('no on all of them drops what waited behind', async () => {
    await addTasks('A')
    const step = [toolCall('delete_task', { task_id: 1 }), toolCall('add_task', { title: 'Behind' })]
    world.replay.enqueue([stream(...step), textStream('Nothing done.')])
    const asked = await ann.say('Replace A')
    await approve(asked.body.tool_calls[0], false)
    const done = await (await follow(ann, asked.body.turn_id)).ended
    expect(done.tool_calls.map(call => call.status)).toEqual(['denied', 'dropped'])
    expect(await titles()).toEqual(['A'])
  })

  test('may lead to another question in the same turn', async () => {
    const asked = await ask(1)
    await addTasks('Z')
    world.replay.enqueue([deleting(2), textStream('Both gone.')])
    await approve(asked.body.tool_calls[0], true)
    const again = await (await follow(ann, asked.body.turn_id)).ended
    expect(again.tool_calls.map(call => call.status)).toEqual(['completed', 'awaiting_approval'])
    expect(again.message_id).toBe(asked.body.message_id)
    const done = await ann.say('yes', asked.body.conversation_id)
    expect(statuses(done)).toEqual(['delete_task completed'])
    expect(await titles()).toEqual([])
  })

  test("is nobody else's: another user's call, or none at all, is not found", async () => {
    const asked = await ask(1)
    const bob = await freshUser(world)
    expect(await approve(asked.body.tool_calls[0], true, bob)).toMatchObject({
      status: 404,
      body: { code: 'tool_call_not_found' },
    })
    expect(await titles()).toEqual(['A'])
  })
})

test('a question that is cancelled is over: its calls drop and nothing approves them any more', async () => {
  const asked = await ask(1)
  const cancelled = await ann.call('PUT', `/turns/${asked.body.turn_id}/cancellation`)
  expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled' } })
  expect(statuses(cancelled)).toEqual(['delete_task dropped'])
  expect((await messagesOf(ann, asked.body.conversation_id)).at(-1)).toMatchObject({ status: 'cancelled' })
  expect((await approve(asked.body.tool_calls[0], true)).status).toBe(409)
  world.replay.enqueue([textStream('Yes to what?')])
  expect((await ann.say('yes', asked.body.conversation_id)).body.tool_calls).toEqual([])
  expect(await titles()).toEqual(['A'])
})

test('a question outlives its server: yes to the next one carries it out, by message and by verdict', async () => {
  await using place = await openPlace()
  const questions: Answered['body'][] = []
  await using before = await startReplayedServer({ place })
  const bob = await freshUser(before)
  for (const title of ['A', 'B']) {
    await bob.call('POST', '/tasks', { title })
    before.replay.enqueue([toolCallStream('delete_task', { task_id: questions.length + 1 })])
    questions.push((await bob.say(`Delete ${title}`)).body)
  }
  await before.server[Symbol.asyncDispose]()

  await using after = await startReplayedServer({ place })
  after.replay.enqueue([textStream('A is gone.'), textStream('B is gone.')])
  const again = await clientOf(after.server, bob.userId)
  const [byMessage, byVerdict] = questions
  expect(statuses(await again.say('yes', byMessage.conversation_id))).toEqual(['delete_task completed'])
  await approve(byVerdict.tool_calls[0], true, again)
  const done = await (await follow(again, byVerdict.turn_id)).ended
  expect(done).toMatchObject({ status: 'completed', tool_calls: [{ status: 'completed' }] })
  expect(await titles(again)).toEqual([])
})
