import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { fireReminders } from '../server/turns/fire-reminders.ts'
import { minutesAhead, passTime } from './support/passing-time.ts'
import { failure, textStream, toolCallStream } from './support/replay-answers.ts'
import {
  holdTurn,
  modelAt,
  patiently,
  type ReplayedServer,
  startReplayedServer,
} from './support/replayed-server.ts'
import { readScrape } from './support/scrape.ts'
import {
  type Client,
  clientOf,
  openPlace,
  type Place,
  startServerAt,
  type TestServer,
} from './support/server.ts'
import { type UserWatcher, watchUser } from './support/user-events.ts'

const isPostgres = inject('engine') === 'postgres'

/** What a user does on one instance is told to those who listen on the other; on the embedded engine both are one. */
describe('events of a user', () => {
  let place: Place
  let world: ReplayedServer
  let there: TestServer
  beforeAll(async () => {
    place = await openPlace()
    world = await startReplayedServer({ place })
    there = isPostgres ? await startServerAt(place, modelAt(world.replay)) : world.server
  })
  afterAll(async () => {
    if (isPostgres) await there[Symbol.asyncDispose]()
    await world[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  })

  let ann: Client
  let annThere: Client
  let watcher: UserWatcher
  beforeEach(async () => {
    world.replay.requests.length = 0
    world.replay.otherwise(failure(400))
    ann = await clientOf(world.server)
    annThere = await clientOf(there, ann.userId)
    watcher = await watchUser(annThere)
  })
  afterEach(() => watcher.close())

  const tasksUpdated = { type: 'tasks.updated', version: expect.any(Number) }

  test('begin with the version of the tasks, and with what is running', async () => {
    expect(watcher.events).toEqual([{ type: 'tasks.updated', version: 0 }])
    const turn = await holdTurn(world, ann)
    const late = await watchUser(annThere, 2)
    expect(late.events).toEqual([
      { type: 'tasks.updated', version: 0 },
      { type: 'conversation.updated', conversation_id: turn.conversation, active_turn_id: turn.turn },
    ])
    late.close()
    turn.release()
    await turn.ended
  })

  test('are asked for without a body: the head comes at once, and nothing stays open', async () => {
    const turn = await holdTurn(world, ann)
    const countStreams = async () =>
      (await readScrape(await fetch(`${world.server.url}/metrics`))).get('colloquy_streams_open')
    const open = await countStreams()
    // Where the adapter says that an answer was begun twice.
    const complaints = vi.spyOn(console, 'error')
    for (const path of ['/events', `/turns/${turn.turn}/events`]) {
      const head = await ann.open('HEAD', path)
      expect([path, head.status, head.headers.get('content-type')]).toEqual([
        path,
        200,
        expect.stringContaining('text/event-stream'),
      ])
    }
    expect((await ann.open('HEAD', `/turns/${crypto.randomUUID()}/events`)).status).toBe(404)
    await expect.poll(countStreams).toBe(open)
    expect(complaints).not.toHaveBeenCalled()
    complaints.mockRestore()
    turn.release()
  })

  test('tell that a turn runs, and that it has ended', async () => {
    const turn = await holdTurn(world, ann)
    const of = (active_turn_id: string | null) => ({
      ...{ type: 'conversation.updated', conversation_id: turn.conversation },
      active_turn_id,
    })
    await watcher.until(of(turn.turn))
    turn.release()
    await watcher.until(of(null))
  })

  test('tell of a turn that was over before anyone could look', async () => {
    world.replay.enqueue([textStream('Hi.')])
    const { body } = await ann.say('Hello')
    const { conversation_id } = body
    await watcher.until({ type: 'conversation.updated', conversation_id, active_turn_id: null })
  })

  test.each<[string, (id: number) => Promise<unknown>]>([
    ['added', () => ann.call('POST', '/tasks', { title: 'Another' })],
    ['changed', id => ann.call('PUT', `/tasks/${id}`, { title: 'Changed' })],
    ['completed', id => ann.call('PATCH', `/tasks/${id}/complete`, { completed: true })],
    ['deleted', id => ann.call('DELETE', `/tasks/${id}`)],
    [
      'added by the agent',
      () => {
        world.replay.enqueue([toolCallStream('add_task', { title: 'Tea' }), textStream('Added.')])
        return ann.say('Add tea')
      },
    ],
  ])('tell that a task was %s', async (_, change) => {
    const { body } = await ann.call('POST', '/tasks', { title: 'One' })
    await watcher.until(tasksUpdated)
    await change(body.id)
    await watcher.until(tasksUpdated)
  })

  test('tell that a conversation is new, renamed, put away and deleted', async () => {
    const { body } = await ann.call('POST', '/conversations', {})
    const event = { type: 'conversation.updated', conversation_id: body.id, active_turn_id: null }
    await watcher.until(event)
    for (const change of [{ title: 'Other' }, { archived: true }]) {
      await ann.call('PATCH', `/conversations/${body.id}`, change)
      await watcher.until(event)
    }
    await ann.call('DELETE', `/conversations/${body.id}`)
    await watcher.until({ ...event, conversation_id: null })
  })

  test('tell of a reminder that was told', async () => {
    const { body: conversation } = await ann.call('POST', '/conversations', {})
    const { body: task } = await ann.call('POST', '/tasks', { title: 'Tea', due_date: minutesAhead(90) })
    await ann.call('POST', '/reminders', { task_id: task.id, conversation_id: conversation.id })
    const event = { type: 'conversation.updated', conversation_id: conversation.id, active_turn_id: null }
    await watcher.until(event)
    await passTime(world.server.context.db, ann.userId, 30)
    await fireReminders(world.server.context.engine)
    await watcher.until(event)
  })

  test('tell nothing of another user', async () => {
    const bob = await clientOf(world.server)
    await bob.call('POST', '/tasks', { title: 'His' })
    await bob.call('POST', '/conversations', {})
    await ann.call('POST', '/tasks', { title: 'Hers' })
    await watcher.until(tasksUpdated)
    await watcher.settle()
    expect(watcher.events).toEqual([
      { type: 'tasks.updated', version: 0 },
      { type: 'tasks.updated', version: 1 },
    ])
  })

  test('tell a change that commits after a later one was told', async () => {
    const { body: early } = await ann.call('POST', '/conversations', { title: 'Early' })
    const changed = (conversation_id: string) => ({
      type: 'conversation.updated',
      conversation_id,
      active_turn_id: null,
    })
    await watcher.until(changed(early.id))
    // Written with the time at which its transaction began, as one that waited would be.
    const [before] = await world.server.context.db.query<{ at: string }>(`select now()::text as at`)
    const { body: later } = await ann.call('POST', '/conversations', { title: 'Later' })
    await watcher.until(changed(later.id))
    await world.server.context.db.query('update colloquy.conversations set updated_at = $1 where id = $2', [
      before?.at,
      early.id,
    ])
    await watcher.until(changed(early.id))
  })

  test('ask nothing of the database while nobody listens', async () => {
    watcher.close()
    const { engine } = there.context
    await expect.poll(() => engine.userEvents.isIdle, patiently).toBe(true)
    const again = await watchUser(annThere)
    expect(engine.userEvents.isIdle).toBe(false)
    again.close()
    await expect.poll(() => engine.userEvents.isIdle, patiently).toBe(true)
  })

  test('end with the instance, so that the client goes on at another', async () => {
    if (!isPostgres) return
    const leaving = await startServerAt(place, modelAt(world.replay))
    const last = await watchUser(await clientOf(leaving, ann.userId))
    await leaving[Symbol.asyncDispose]()
    await last.ended
  })
})
