import { readFileSync } from 'node:fs'
import { describe, expect, inject, test } from 'vitest'
import { runProgram, startServer, temporaryFolder } from './support/run-command.ts'
import { readScrape } from './support/scrape.ts'
import { clientOf, openPlace, testSecret } from './support/server.ts'
import { until } from './support/until.ts'

/** The processes that a process has started (proc(5)). */
const childrenOf = (pid: number | undefined) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)

describe.skipIf(inject('engine') === 'pglite')('workers', () => {
  test('share a port; one that is killed is replaced, and its turn goes on in another', async () => {
    await using place = await openPlace()
    using folder = temporaryFolder()
    const slow = { OFFLINE_DELAY_MS: '50', RESPONSE_WAIT_SECONDS: '0' }
    const settings = { ...place.environment, BETTER_AUTH_SECRET: testSecret, ...slow }
    await using server = await startServer(folder.path, settings, ['--workers', '2'])
    const ann = await clientOf(server)
    const before = childrenOf(server.child.pid)
    expect(before).toHaveLength(2)
    const said = await ann.say('Add a task to buy groceries')
    expect(said.status).toBe(202)
    const [killed = 0, other] = before
    process.kill(killed, 'SIGKILL')

    const turn = await until('the turn is completed', async () => {
      const { body } = await ann.call('GET', `/turns/${said.body.turn_id}`).catch(() => ({ body: undefined }))
      return body?.status === 'completed' ? body : undefined
    })
    expect(turn.tool_calls).toMatchObject([{ name: 'add_task', status: 'completed' }])
    expect((await ann.call('GET', '/tasks')).body).toHaveLength(1)
    const after = await until('the killed one is replaced', async () => {
      const pids = childrenOf(server.child.pid)
      return pids.length === 2 && !pids.includes(killed) ? pids : undefined
    })
    expect(after).toContain(other)

    server.child.kill('SIGTERM')
    expect(await server.ended).toMatchObject({ code: 0, stderr: '' })
  })

  test('take nothing that they do not serve: one that hangs keeps no connection from the other', async () => {
    await using place = await openPlace()
    using folder = temporaryFolder()
    const settings = { ...place.environment, BETTER_AUTH_SECRET: testSecret }
    await using server = await startServer(folder.path, settings, ['--workers', '2'])
    const ann = await clientOf(server)
    const [hanging = 0] = childrenOf(server.child.pid)
    process.kill(hanging, 'SIGSTOP')
    const asked = Array.from({ length: 8 }, () =>
      ann.call('GET', '/tasks', undefined, { connection: 'close' }),
    )
    for (const { status } of await Promise.all(asked)) expect(status).toBe(200)
    process.kill(hanging, 'SIGKILL')
  })

  test('are scraped as one, whichever of them answers', async () => {
    await using place = await openPlace()
    using folder = temporaryFolder()
    const settings = { ...place.environment, BETTER_AUTH_SECRET: testSecret }
    await using server = await startServer(folder.path, settings, ['--workers', '2'])
    const ann = await clientOf(server)
    const close = { connection: 'close' }
    for (let i = 0; i < 12; i += 1) await ann.call('GET', '/tasks', undefined, close)
    const asked = { method: 'GET', route: '/api/:user_id/tasks', status: '200' }
    for (let i = 0; i < 4; i += 1) {
      const scraped = await readScrape(await fetch(`${server.url}/metrics`, { headers: close }))
      expect(scraped.get('colloquy_requests_total', asked)).toBe(12)
      expect(scraped.get('colloquy_turns_open', { state: 'running' })).toBe(0)
    }
  })

  test('that cannot start end the program, with what is wrong', async () => {
    using folder = temporaryFolder()
    const settings = {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      BETTER_AUTH_SECRET: testSecret,
      PORT: '0',
    }
    const outcome = await runProgram(folder.path, ['serve', '--workers', '2'], settings).ended
    expect(outcome.code).toBe(1)
    expect(outcome.stderr).toContain('cannot be reached')
  })
})

test.for([['0'], ['two'], ['1000']])('--workers %s is refused', async ([count = '']) => {
  using folder = temporaryFolder()
  const outcome = await runProgram(folder.path, ['serve', '--workers', count]).ended
  expect(outcome).toMatchObject({
    code: 1,
    stderr: 'colloquy: --workers must be a whole number from 1 to 999\n',
  })
})

test('--workers without DATABASE_URL is refused', async () => {
  using folder = temporaryFolder()
  const outcome = await runProgram(folder.path, ['serve', '--workers', '2']).ended
  expect(outcome.code).toBe(1)
  expect(outcome.stderr).toContain('needs DATABASE_URL')
})
