import { once } from 'node:events'
import { expect, inject, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from './support/database.ts'
import { runProgram, runToEnd, startServer, temporaryFolder } from './support/run-command.ts'

const secret = 'a-secret-of-at-least-32-characters'

/** The embedded database lies in the process's own folder; a real one is given by its address. */
function settingsFor({ url }: TestDatabase): Record<string, string> {
  return url ? { DATABASE_URL: url, BETTER_AUTH_SECRET: secret } : {}
}

async function bearerFor(
  folder: string,
  user: string,
  settings: Record<string, string>,
): Promise<HeadersInit> {
  const { stdout } = await runToEnd(folder, ['token', '--user', user], settings)
  return { authorization: `Bearer ${stdout.trimEnd()}`, 'content-type': 'application/json' }
}

test('serve logs where it listens, serves, and ends with 0 when it is told to stop', async () => {
  await using database = await openTestDatabase()
  using folder = temporaryFolder()
  await using server = await startServer(folder.path, settingsFor(database))
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  expect(await (await fetch(server.url)).text()).toContain('<title>Colloquy')
  server.child.kill('SIGTERM')
  const outcome = await server.ended
  expect(outcome).toMatchObject({ code: 0, signal: null, stderr: '' })
  const lines = outcome.stdout.trimEnd().split('\n')
  expect(lines.map(line => JSON.parse(line).msg)).toContain('stopping')
  expect(lines.filter(line => JSON.parse(line).msg === 'listening')).toHaveLength(1)
})

test('what was stored is there after a stop and a start, for a token of the command line', async () => {
  await using database = await openTestDatabase()
  using folder = temporaryFolder()
  const settings = settingsFor(database)
  const headers = await bearerFor(folder.path, 'ada', settings)
  const first = await startServer(folder.path, settings)
  const body = JSON.stringify({ title: 'Buy groceries' })
  const created = await fetch(`${first.url}/api/ada/tasks`, { method: 'POST', headers, body })
  expect(created.status).toBe(201)
  first.child.kill('SIGINT')
  expect(await first.ended).toMatchObject({ code: 0, stderr: '' })
  await using second = await startServer(folder.path, settings)
  const tasks = await fetch(`${second.url}/api/ada/tasks`, { headers })
  expect(await tasks.json()).toMatchObject([{ id: 1, title: 'Buy groceries' }])
})

test('a port that is taken is one clear line and exit code 1', async () => {
  await using database = await openTestDatabase()
  using folder = temporaryFolder()
  using other = temporaryFolder()
  const settings = settingsFor(database)
  await using server = await startServer(folder.path, settings)
  const { port } = new URL(server.url)
  const outcome = await runToEnd(other.path, ['serve'], { ...settings, PORT: port })
  expect(outcome).toMatchObject({ code: 1, stdout: '' })
  expect(outcome.stderr).toMatch(new RegExp(`^colloquy: Port ${port} [^\\n]+ in use [^\\n]+PORT[^\\n]+\\n$`))
})

test('doctor knows the server that runs', async () => {
  await using database = await openTestDatabase()
  using folder = temporaryFolder()
  const settings = settingsFor(database)
  await using server = await startServer(folder.path, settings)
  const { port } = new URL(server.url)
  const outcome = await runToEnd(folder.path, ['doctor'], { ...settings, PORT: port })
  expect(outcome).toMatchObject({ code: 0, stderr: '' })
  const says = inject('engine') === 'postgres' ? 'answers' : 'in use by the running server, which is ready'
  expect(outcome.stdout).toMatch(new RegExp(`^ok +database +${says}`, 'm'))
  expect(outcome.stdout).toMatch(/^ok +port +Colloquy runs on/m)
})

test.skipIf(inject('engine') === 'postgres')(
  'a data folder serves one process, and the next gets one clear line',
  async () => {
    using folder = temporaryFolder()
    await using server = await startServer(folder.path)
    const outcome = await runToEnd(folder.path, ['serve'], { PORT: '0' })
    expect(outcome).toMatchObject({ code: 1, stdout: '' })
    expect(outcome.stderr).toMatch(
      new RegExp(`^colloquy: The data folder \\./data is in use .*process ${server.child.pid}[^\\n]+\\n$`),
    )
  },
)

test.skipIf(inject('engine') === 'postgres')('a killed process leaves no lock behind', async () => {
  using folder = temporaryFolder()
  const first = await startServer(folder.path)
  first.child.kill('SIGKILL')
  expect(await first.ended).toMatchObject({ signal: 'SIGKILL' })
  await using second = await startServer(folder.path)
  expect((await fetch(`${second.url}/readyz`)).status).toBe(200)
})

test.skipIf(inject('engine') === 'pglite')(
  'five processes that start at once on one empty database all serve',
  async () => {
    await using database = await openTestDatabase()
    using folder = temporaryFolder()
    await database.db.script('drop schema colloquy cascade; drop schema if exists auth cascade')
    const servers = await Promise.all(
      Array.from({ length: 5 }, () => startServer(folder.path, settingsFor(database))),
    )
    const answers = await Promise.all(servers.map(server => fetch(`${server.url}/readyz`)))
    expect(answers.map(answer => answer.status)).toEqual([200, 200, 200, 200, 200])
    await Promise.all(servers.map(server => server[Symbol.asyncDispose]()))
  },
)

test('a signal before the server listens ends it at once', async () => {
  await using database = await openTestDatabase()
  using folder = temporaryFolder()
  const running = runProgram(folder.path, ['serve'], { PORT: '0', ...settingsFor(database) })
  await once(running.child, 'spawn')
  running.child.kill('SIGTERM')
  expect(await running.ended).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' })
})
