import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { clientOf, openPlace, startServerAt } from '../support/server.ts'

test('a request that waits for a turn which is handed over is told where it goes on', async () => {
  await using place = await openPlace()
  const going = await startServerAt(place, { OFFLINE_DELAY_MS: '200', SHUTDOWN_GRACE_SECONDS: '0' })
  await using staying = await startServerAt(place)
  const ann = await clientOf(going)
  const said = ann.say('Add a task to buy groceries')
  while (going.context.engine.live.size === 0) await pause(5)
  await going[Symbol.asyncDispose]()
  const { status, body, headers } = await said
  expect({ status, body }).toMatchObject({ status: 202, body: { status: 'running' } })
  expect(headers.get('location')).toBe(`/api/${ann.userId}/turns/${body.turn_id}`)

  const elsewhere = await clientOf(staying, ann.userId)
  await expect
    .poll(async () => (await elsewhere.call('GET', `/turns/${body.turn_id}`)).body, { timeout: 20_000 })
    .toMatchObject({ status: 'completed', tool_calls: [{ status: 'completed' }] })
  expect((await elsewhere.call('GET', '/tasks')).body).toHaveLength(1)
})
