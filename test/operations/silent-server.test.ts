import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openTapped } from '../faults/tapped-database.ts'
import { clientOf, startServerAt } from '../support/server.ts'

/** With another instance that would take the turn over as soon as the lease of the first ran out. */
test('a server whose connections all go silent keeps its turn, and answers', async () => {
  await using tapped = await openTapped()
  const place = (url: string) => ({
    environment: { DATABASE_URL: url, OFFLINE_DELAY_MS: '150', DATABASE_SILENCE_SECONDS: '1' },
    [Symbol.asyncDispose]: async () => {},
  })
  await using server = await startServerAt(place(tapped.url))
  await using _other = await startServerAt(place(tapped.directUrl))
  const ann = await clientOf(server)
  const said = ann.say('Add a task to buy groceries')
  const { live, instanceId } = server.context.engine
  while (live.size === 0) await pause(5)
  tapped.tap.silence()
  expect(await said).toMatchObject({ status: 200, body: { tool_calls: [{ status: 'completed' }] } })
  const turns = await server.context.db.query(
    'select status, epoch, attempts, owner from colloquy.turns where user_id = $1',
    [ann.userId],
  )
  expect(turns).toMatchObject([{ status: 'completed', epoch: 1, attempts: 0 }])
  const [lease] = await server.context.db.query<{ holds: boolean }>(
    'select lease_until > now() as holds from colloquy.instances where id = $1',
    [instanceId],
  )
  expect(lease).toEqual({ holds: true })
  expect((await ann.call('GET', '/tasks')).body).toHaveLength(1)
})
