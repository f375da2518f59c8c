import { expect, test } from 'vitest'
import { beat } from '../../server/turns/pulse.ts'
import { OtherInstance } from '../support/other-instance.ts'
import { textStream, toolCallStream } from '../support/replay-answers.ts'
import { follow, holdTurn, instructionsOf } from '../support/replayed-server.ts'
import { ann, shareReplayedServer, world } from '../support/shared-replayed-server.ts'
import { watch } from '../support/turn-view.ts'

shareReplayedServer()

/** What the instructions of the n-th request say of now and here. */
async function told(n: number): Promise<{ now: string | undefined; zone: string | undefined }> {
  const instructions = instructionsOf(await world.replay.request(n))
  return {
    now: /It is (\S+) \(UTC\)/.exec(instructions)?.[1],
    zone: /time zone is (\S+);/.exec(instructions)?.[1],
  }
}

const storedContext = async (turn: string) => {
  const [row] = await world.server.context.db.query<{ context: { now: string; time_zone: string } }>(
    'select context from colloquy.turns where id = $1',
    [turn],
  )
  return row?.context
}

test('every step of a turn is told the time and the zone of its acceptance', async () => {
  world.replay.enqueue([toolCallStream('add_task', { title: 'Tea' }), textStream('Added.')])
  const { body } = await ann.call('POST', '/chat', { message: 'Add tea' }, { 'x-time-zone': 'Asia/Karachi' })
  expect(await told(0)).toEqual({ now: (await storedContext(body.turn_id))?.now, zone: 'Asia/Karachi' })
  expect(await told(1)).toEqual(await told(0))
})

test('a message that waited is answered for the time and the zone in which it was sent', async () => {
  const first = await holdTurn(world, ann)
  const said = { message: 'Tomorrow', conversation_id: first.conversation }
  const headers = { 'x-time-zone': 'America/Caracas', accept: 'text/event-stream' }
  const second = watch(await ann.open('POST', '/chat', said, headers))
  await second.until((_, events) => events.length > 0)
  const sentBefore = new Date().toISOString()
  world.replay.enqueue([textStream('Noted.')])
  first.release()
  const { turn_id } = await second.ended
  const { now = '', zone } = await told(1)
  expect([now, zone]).toEqual([(await storedContext(turn_id))?.now, 'America/Caracas'])
  expect(now <= sentBefore, 'not the time at which it began').toBe(true)
})

test('a verdict days later finds the turn in its own time', async () => {
  await ann.call('POST', '/tasks', { title: 'Tea' })
  world.replay.enqueue([toolCallStream('delete_task', { task_id: 1 })])
  const headers = { 'x-time-zone': 'Asia/Tokyo' }
  const { body: asked } = await ann.call('POST', '/chat', { message: 'Delete tea' }, headers)
  world.replay.enqueue([textStream('Gone.')])
  await ann.call('PUT', `/tool-calls/${asked.tool_calls[0].id}/approval`, { approved: true })
  expect((await (await follow(ann, asked.turn_id)).ended).status).toBe('completed')
  expect(await told(1)).toEqual(await told(0))
  expect((await told(1)).zone).toBe('Asia/Tokyo')
})

test('a turn that is taken over is told the time of its acceptance, not that of the take-over', async () => {
  const other = await OtherInstance.begin(world.server.context.db)
  const turn = await other.accept(ann, 'Tomorrow')
  await world.server.context.db.query(
    `update colloquy.turns set context = context || '{"now": "2024-02-28T23:59:59.000Z"}' where id = $1`,
    [turn.id],
  )
  world.replay.enqueue([textStream('The 29th.')])
  await other.die()
  await beat(world.server.context.engine)
  await (await follow(ann, turn.id)).ended
  expect(await told(0)).toEqual({ now: '2024-02-28T23:59:59.000Z', zone: 'UTC' })
})

test('a zone that does not exist is refused before anything is accepted', async () => {
  const refused = await ann.call('POST', '/chat', { message: 'Hi' }, { 'x-time-zone': 'Mars/Olympus' })
  expect(refused).toMatchObject({ status: 400, body: { code: 'invalid' } })
  expect((await ann.call('GET', '/conversations')).body).toEqual([])
})
