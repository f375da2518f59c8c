import { expect, inject, test } from 'vitest'
import { forgetKeys } from '../../server/store/idempotency-keys.ts'
import { textStream } from '../support/replay-answers.ts'
import {
  freshUser,
  holdTurn,
  patiently,
  queueOf,
  readingOf,
  startReplayedServer,
} from '../support/replayed-server.ts'
import { ann, shareReplayedServer, world } from '../support/shared-replayed-server.ts'

shareReplayedServer()

const sayOnce = (message: string, more: Record<string, unknown> = {}, key = 'k') =>
  ann.call('POST', '/chat', { message, ...more }, { 'idempotency-key': key })

const mismatch = { status: 422, body: { code: 'idempotency_mismatch' } }

test('a key used again while its turn waits joins it there, and both get the one answer', async () => {
  const first = await holdTurn(world, ann)
  const waiting = sayOnce('Second', { conversation_id: first.conversation })
  await expect.poll(() => queueOf(ann, first.conversation), patiently).toEqual(['Second'])
  const joining = sayOnce('Second', { conversation_id: first.conversation })
  world.replay.enqueue([textStream('2nd answer')])
  first.release()
  const [one, two] = await Promise.all([waiting, joining])
  expect(one.body.response).toBe('2nd answer')
  expect(two.body).toEqual(one.body)
  expect(await readingOf(ann, first.conversation)).toHaveLength(4)
})

test('whether to wait, refuse or interrupt is not part of what was said: a retry may choose otherwise', async () => {
  const first = await holdTurn(world, ann)
  const there = { conversation_id: first.conversation }
  const waiting = sayOnce('Second', there)
  await expect.poll(() => queueOf(ann, first.conversation), patiently).toEqual(['Second'])
  const rejecting = sayOnce('Second', { ...there, if_busy: 'reject' })
  const interrupting = sayOnce('Second', { ...there, if_busy: 'interrupt' })
  world.replay.enqueue([textStream('2nd answer')])
  first.release()
  const answers = await Promise.all([waiting, rejecting, interrupting])
  expect(new Set(answers.map(({ body }) => body.turn_id)).size).toBe(1)
  expect((await first.ended).status, 'a replay interrupts nothing').toBe('completed')
})

test('a message that was refused as busy has not used its key up', async () => {
  const first = await holdTurn(world, ann)
  const there = { conversation_id: first.conversation, if_busy: 'reject' }
  expect((await sayOnce('Second', there)).status).toBe(409)
  first.release()
  await first.ended
  world.replay.enqueue([textStream('2nd answer')])
  expect(await sayOnce('Second', there)).toMatchObject({ status: 200, body: { response: '2nd answer' } })
})

// The embedded engine has one connection: nothing comes at once there.
test.skipIf(inject('engine') === 'pglite')(
  'posted twice at once it is one turn, where the conversation is then busy and no other message is left',
  async () => {
    await using own = await startReplayedServer({ environment: { TURNS_PER_MINUTE: '2' } })
    const { db } = own.server.context
    for (const if_busy of ['reject', 'enqueue']) {
      const bob = await freshUser(own)
      own.replay.otherwise(textStream('Hello'))
      const { conversation_id } = (await bob.say('Hi')).body
      const say = () =>
        bob.call('POST', '/chat', { message: 'Again', conversation_id, if_busy }, { 'idempotency-key': 'k' })
      const posts = await db.transaction(async tx => {
        await tx.query('select from colloquy.conversations where id = $1 for update', [conversation_id])
        const both = [say(), say()]
        const waiting = () =>
          db.query(
            "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
          )
        await expect.poll(waiting, patiently).toHaveLength(2)
        return both
      })
      const [one, two] = await Promise.all(posts)
      expect([one?.status, two?.status]).toEqual([200, 200])
      expect(two?.body).toEqual(one?.body)
      expect(await readingOf(bob, conversation_id)).toHaveLength(4)
    }
  },
)

test('the same words elsewhere, or as another version, are another request', async () => {
  world.replay.enqueue([textStream('One'), textStream('Two')])
  const { body } = await sayOnce('Hi', {}, 'k1')
  expect(await sayOnce('Hi', { conversation_id: body.conversation_id }, 'k1')).toMatchObject(mismatch)
  const key = { 'idempotency-key': 'k1' }
  expect(await ann.call('POST', `/turns/${body.turn_id}/versions`, { message: 'Hi' }, key)).toMatchObject(
    mismatch,
  )
  expect((await sayOnce('Hi', {}, 'k1')).body).toEqual(body)
  expect((await sayOnce('Hi', {}, 'k2')).body.turn_id).not.toBe(body.turn_id)
})

test('a turn that was cancelled while it waited is what its key answers with', async () => {
  const first = await holdTurn(world, ann)
  const waiting = sayOnce('Second', { conversation_id: first.conversation })
  await expect.poll(() => queueOf(ann, first.conversation), patiently).toEqual(['Second'])
  const [{ id }] = (await ann.call('GET', `/conversations/${first.conversation}/turns?status=queued`)).body
  await ann.call('PUT', `/turns/${id}/cancellation`)
  const cancelled = await waiting
  expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled', turn_id: id } })
  expect((await sayOnce('Second', { conversation_id: first.conversation })).body).toEqual(cancelled.body)
  first.release()
  await first.ended
})

test('keys are kept for 48 hours and then forgotten', async () => {
  const { db } = world.server.context
  world.replay.enqueue([textStream('Old'), textStream('Young'), textStream('Old again')])
  const old = await sayOnce('Hi', {}, 'old')
  const young = await sayOnce('Hi', {}, 'young')
  for (const [key, hours] of [
    ['rest:old', 49],
    ['rest:young', 47],
  ]) {
    await db.query(
      'update colloquy.idempotency_keys set created_at = now() - make_interval(hours => $1) where user_id = $2 and key = $3',
      [hours, ann.userId, key],
    )
  }
  await forgetKeys(db, 48, 1000)
  expect((await sayOnce('Hi', {}, 'young')).body).toEqual(young.body)
  expect((await sayOnce('Hi', {}, 'old')).body).toMatchObject({ response: 'Old again' })
  expect(old.body.response).toBe('Old')
})
