import { expect, test } from 'vitest'
import { openCuttableProxy } from '../support/cuttable-proxy.ts'
import { textStream } from '../support/replay-answers.ts'
import { freshUser, holdTurn, startReplayedServer } from '../support/replayed-server.ts'
import { openPlace } from '../support/server.ts'

test('a server that is told to stop while Postgres is away stops, though a turn has not ended', async () => {
  await using place = await openPlace()
  const direct = new URL(place.environment.DATABASE_URL ?? '')
  const network = await openCuttableProxy(direct.href)
  const url = Object.assign(new URL(direct), { port: new URL(network.url).port })
  const through = { ...place, environment: { DATABASE_URL: url.href } }
  const world = await startReplayedServer({ place: through, environment: { SHUTDOWN_GRACE_SECONDS: '0' } })
  const ann = await freshUser(world)
  const { until, release } = await holdTurn(world, ann, {
    answer: textStream('Half', ' an answer'),
    after: 1,
  })
  await until(view => view.text === 'Half')
  await network[Symbol.asyncDispose]()
  release()
  await until(view => view.text === 'Half an answer')
  const startedAt = performance.now()
  // It says that it could not let go of what it had.
  await Promise.allSettled([world[Symbol.asyncDispose]()])
  expect(performance.now() - startedAt).toBeLessThan(20_000)
})
