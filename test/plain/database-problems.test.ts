import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort, type PostgresServer, startPostgresServer } from '../support/postgres-server.ts'
import { type Outcome, runToEnd, temporaryFolder } from '../support/run-command.ts'

const BETTER_AUTH_SECRET = 'a-secret-of-at-least-32-characters'

async function migrateOn(DATABASE_URL: string, settings: Record<string, string> = {}): Promise<Outcome> {
  using folder = temporaryFolder()
  return await runToEnd(folder.path, ['migrate'], { DATABASE_URL, BETTER_AUTH_SECRET, ...settings })
}

function expectOneLine(outcome: Outcome, says: RegExp): void {
  expect(outcome.stderr).toMatch(/^colloquy: [^\n]+\n$/)
  expect(outcome.stderr).toMatch(says)
  expect(outcome.stderr).not.toMatch(/hunter2/)
  expect(outcome).toMatchObject({ code: 1, stdout: '' })
}

test('a database that is not there', async () => {
  const port = await freePort()
  const outcome = await migrateOn(`postgres://ada:hunter2@127.0.0.1:${port}/colloquy`)
  expectOneLine(outcome, new RegExp(`127\\.0\\.0\\.1:${port}/colloquy cannot be reached .*ECONNREFUSED`))
})

test('a database that accepts and never answers', async () => {
  const silent = createServer()
  const port = await new Promise<number>(resolve => {
    silent.listen(0, '127.0.0.1', () => {
      const address = silent.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
  try {
    const outcome = await migrateOn(`postgres://ada:hunter2@127.0.0.1:${port}/colloquy`, {
      DATABASE_CONNECT_TIMEOUT_SECONDS: '0.2',
    })
    expectOneLine(outcome, /does not answer in time .*raise DATABASE_CONNECT_TIMEOUT_SECONDS/)
  } finally {
    silent.close()
  }
})

// A server with rules of its own cannot be had by address: these run where one comes from npm.
describe.skipIf(`${process.platform}-${process.arch}` !== 'linux-x64')('a database that refuses', () => {
  const rules = mkdtempSync(join(tmpdir(), 'colloquy-hba-'))
  let server: PostgresServer
  const addressOf = (user: string, database: string) =>
    `${server.url.replace('//postgres@', `//${user}:hunter2@`)}/${database}`

  beforeAll(async () => {
    const file = join(rules, 'pg_hba.conf')
    writeFileSync(
      file,
      'host all guarded 127.0.0.1/32 scram-sha-256\nhost all stranger 127.0.0.1/32 reject\nhost all all 127.0.0.1/32 trust\n',
    )
    chmodSync(rules, 0o755)
    server = await startPostgresServer([`hba_file=${file}`])
    const admin = postgres(`${server.url}/postgres`, { max: 1, onnotice: () => {} })
    await admin.unsafe(`create role guarded login password 'another'`)
    await admin.unsafe('create role limited login')
    await admin.unsafe('create role stranger login')
    await admin.unsafe('create database colloquy')
    await admin.end()
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    rmSync(rules, { recursive: true, force: true })
  })

  test('a wrong password', async () => {
    expectOneLine(await migrateOn(addressOf('guarded', 'colloquy')), /refuses this user or password/)
  })

  test('a user that its rules keep out', async () => {
    expectOneLine(await migrateOn(addressOf('stranger', 'colloquy')), /refuses this user.*pg_hba\.conf/)
  })

  test('a user that does not exist', async () => {
    expectOneLine(await migrateOn(addressOf('nobody', 'colloquy')), /refuses this user.*"nobody"/)
  })

  test('a name that is no database', async () => {
    expectOneLine(await migrateOn(addressOf('postgres', 'absent')), /\/absent does not exist.*createdb/)
  })

  test('missing rights', async () => {
    expectOneLine(await migrateOn(addressOf('limited', 'colloquy')), /lacks a right for this user/)
  })

  test('TLS that the server does not speak', async () => {
    const url = `${addressOf('postgres', 'colloquy')}?sslmode=require`
    expectOneLine(await migrateOn(url), /TLS|cannot be reached/)
  })

  test('doctor says the same, with the remedy on a line of its own', async () => {
    using folder = temporaryFolder()
    const outcome = await runToEnd(folder.path, ['doctor'], {
      DATABASE_URL: addressOf('guarded', 'colloquy'),
      BETTER_AUTH_SECRET,
      PORT: String(await freePort()),
    })
    expect(outcome).toMatchObject({ code: 1, stderr: '' })
    expect(outcome.stdout).toMatch(/^FAIL +database .*refuses this user or password.*\n +→ correct user/m)
    expect(outcome.stdout).not.toContain('hunter2')
  })

  test('doctor tells a schema that has not been made, and is content once it has', async () => {
    using folder = temporaryFolder()
    const settings = {
      DATABASE_URL: addressOf('postgres', 'colloquy'),
      BETTER_AUTH_SECRET,
      PORT: String(await freePort()),
    }
    const before = await runToEnd(folder.path, ['doctor'], settings)
    expect(before.code).toBe(1)
    expect(before.stdout).toMatch(/^FAIL +schema .*\n +→ run: npm run migrate/m)
    expect(await runToEnd(folder.path, ['migrate'], settings)).toMatchObject({ code: 0, stderr: '' })
    const after = await runToEnd(folder.path, ['doctor'], settings)
    expect(after).toMatchObject({ code: 0, stderr: '' })
    expect(after.stdout).toMatch(/^ok +row-level security/m)
  })
})
