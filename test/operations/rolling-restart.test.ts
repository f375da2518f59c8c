import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createPostgresDatabase } from '../support/database.ts'
import { noNginx, startNginx } from '../support/nginx.ts'
import { freePort } from '../support/postgres-server.ts'
import type { RunningServer } from '../support/run-command.ts'
import { startServerProcess } from '../support/server.ts'
import { brokenPromises } from './kept-promises.ts'
import { Load } from './load.ts'

if (noNginx) console.log(`Skipped: ${noNginx}`)

describe.skipIf(noNginx)('two instances behind nginx', () => {
  test('are restarted in turn under load, and no request fails', { timeout: 180_000 }, async () => {
    await using opened = new AsyncDisposableStack()
    const database = await createPostgresDatabase()
    opened.defer(() => database.drop())
    const place = { environment: { DATABASE_URL: database.url }, [Symbol.asyncDispose]: async () => {} }
    const start = (port: number) =>
      startServerProcess(place, {
        PORT: String(port),
        OFFLINE_DELAY_MS: '5',
        SHUTDOWN_DELAY_SECONDS: '2',
        SHUTDOWN_GRACE_SECONDS: '10',
      })
    const ports = [await freePort(), await freePort()]
    const running: RunningServer[] = await Promise.all(ports.map(start))
    opened.defer(async () => void (await Promise.all(running.map(each => each[Symbol.asyncDispose]()))))
    const nginx = opened.use(await startNginx(ports[0] ?? 0, ports[1] ?? 0))
    const load = new Load(nginx.url, 'rolling', 8)
    await toldMore(load, 20)

    for (const [n, server] of [...running.entries()]) {
      const before = load.told.length
      server.child.kill('SIGTERM')
      await expect.poll(async () => (await fetch(`${server.url}/readyz`)).status, { interval: 20 }).toBe(503)
      expect(await server.ended).toMatchObject({ code: 0, stderr: '' })
      await toldMore(load, before + 10)
      running[n] = await start(ports[n] ?? 0)
      // Long enough that nginx gives it requests again before the other one goes.
      await pause(2_500)
    }
    await load.end()

    expect(load.refusals).toEqual([])
    expect(await brokenPromises(database.url, load)).toEqual([])
    console.log(`${load.told.length} answers, ${load.refusals.length} refusals`)
  })
})

async function toldMore(load: Load, count: number): Promise<void> {
  while (load.told.length < count && load.refusals.length === 0) await pause(20)
}
