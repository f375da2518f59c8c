import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { flushDeltas } from '../../server/store/turn-deltas.ts'
import { beat } from '../../server/turns/pulse.ts'
import { Agent } from '../support/ag-ui-agent.ts'
import { OtherInstance } from '../support/other-instance.ts'
import { held, textStream } from '../support/replay-answers.ts'
import {
  freshUser,
  modelAt,
  patiently,
  type ReplayedServer,
  startReplayedServer,
} from '../support/replayed-server.ts'
import { type Client, openPlace, type Place, startServerAt } from '../support/server.ts'
import { UiChat } from '../support/ui-chat.ts'

/** What the clients of the AI SDK and of AG-UI show while a turn goes from one process to another. */

let place: Place
let world: ReplayedServer
let ann: Client
beforeAll(async () => {
  place = await openPlace()
  world = await startReplayedServer({ place })
})
beforeEach(async () => {
  ann = await freshUser(world)
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
  await place[Symbol.asyncDispose]()
})

/** A turn of another process that has added a task and is in the middle of a sentence, which `shows` waits to see. */
async function beginElsewhere() {
  const { db } = world.server.context
  const other = await OtherInstance.begin(db)
  const turn = await other.accept(ann, 'Add tea and tell me more')
  const call = { name: 'add_task', arguments: { title: 'Tea' }, effect: 'transaction' as const }
  await other.journal(turn, { text: 'Adding.', calls: [call] })
  const { user_id, id: turn_id, epoch } = turn
  const stale = {
    user_id,
    turn_id,
    epoch,
    seq: 1,
    step: 2,
    part: 2,
    kind: 'text' as const,
    delta: 'stale half',
  }
  return { thread: turn.conversation_id, other, say: () => flushDeltas(db, [stale]) }
}

async function takeOver(other: OtherInstance): Promise<void> {
  world.replay.enqueue([textStream('Fresh.')])
  await other.die()
  await beat(world.server.context.engine)
}

test('text that was not written down disappears for the AI SDK when its step begins anew', async () => {
  const { thread, other, say } = await beginElsewhere()
  const chat = new UiChat(world.server, ann, { id: thread })
  const resuming = chat.resumeStream()
  await expect
    .poll(() => chat.shown, patiently)
    .toEqual(['assistant running: Adding. | add_task input-available'])
  await say()
  await expect
    .poll(() => chat.shown, patiently)
    .toEqual(['assistant running: Adding. | add_task input-available | stale half'])
  await takeOver(other)
  await resuming
  expect(chat.shown).toEqual(['assistant completed: Adding. | add_task output-available | Fresh.'])
  expect(chat.last.metadata?.attempt).toBe(2)
  expect(chat.last.parts.filter(part => part.type === 'step-start')).toHaveLength(2)
  expect(chat.errors).toEqual([])
})

test('and for AG-UI, also where the thread is restated later', async () => {
  const { thread, other, say } = await beginElsewhere()
  const agent = new Agent(world.server, ann, thread)
  const running = agent.comeBack()
  await expect.poll(() => agent.shown.at(-1), patiently).toBe('assistant: Adding. | add_task')
  await say()
  await expect.poll(() => agent.shown.at(-1), patiently).toBe('assistant: stale half')
  await takeOver(other)
  await running
  const shown = [
    'user: Add tea and tell me more',
    'assistant: Adding. | add_task',
    expect.stringMatching(/^tool: /),
  ]
  expect(agent.shown).toEqual([...shown, 'assistant: Fresh.'])
  const ids = agent.messages.map(message => message.id)
  await agent.comeBack()
  expect(agent.shown).toEqual([...shown, 'assistant: Fresh.'])
  expect(agent.messages.map(message => message.id)).toEqual(ids)
})

test.skipIf(inject('engine') === 'pglite')(
  'an answer is joined in the middle on another process',
  async () => {
    await using there = await startServerAt(place, modelAt(world.replay))
    const answer = held(textStream('One ', 'two'), { after: 1 })
    world.replay.enqueue([answer])
    const here = new UiChat(world.server, ann, { id: 'shared' })
    const sending = here.sendMessage({ text: 'Hi' })
    await expect.poll(() => here.shown.at(-1), patiently).toBe('assistant running: One ')
    const joined = new UiChat(there, ann, { id: 'shared' })
    const resuming = joined.resumeStream()
    await expect.poll(() => joined.shown, patiently).toEqual(['assistant running: One '])
    answer.release()
    await Promise.all([sending, resuming])
    expect(joined.shown).toEqual(['assistant completed: One two'])
    expect(joined.last).toEqual(here.last)
  },
)
