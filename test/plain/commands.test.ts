import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { freePort } from '../support/postgres-server.ts'
import { runToEnd, temporaryFolder } from '../support/run-command.ts'

const secret = 'a-secret-of-at-least-32-characters'

test('help names every command, and each explains itself', async () => {
  using folder = temporaryFolder()
  const names = ['serve', 'migrate', 'doctor', 'token']
  const program = await runToEnd(folder.path, ['--help'])
  expect(program).toMatchObject({ code: 0, stderr: '' })
  const outcomes = await Promise.all(names.map(name => runToEnd(folder.path, [name, '--help'])))
  for (const [i, name] of names.entries()) {
    expect(program.stdout).toContain(`  ${name} `)
    expect(outcomes[i]).toMatchObject({ code: 0, stderr: '' })
    expect(outcomes[i]?.stdout).toMatch(new RegExp(`^Usage: colloquy ${name}`))
  }
  expect(existsSync(join(folder.path, 'data'))).toBe(false)
})

const mistyped: [args: string[], says: RegExp][] = [
  [['bogus'], /no command "bogus"/],
  [['serve', '--prot', '80'], /Unknown option '--prot'.* serve --help/],
  [['migrate', 'now'], /argument 'now'/],
  [['token'], /--user ID/],
  [['token', '--user'], /--user/],
  [['token', '--user', 'acme:ada'], /without a colon/],
  [['token', '--user', 'ada', '--expires', 'tomorrow'], /--expires must be/],
  [['token', '--user', 'ada', '--expires', '366d'], /at most 365d/],
]

test.for(mistyped)('%j is one clear line and exit code 1', async ([args, says]) => {
  using folder = temporaryFolder()
  const outcome = await runToEnd(folder.path, args)
  expect(outcome).toMatchObject({ code: 1, stdout: '' })
  expect(outcome.stderr).toMatch(/^colloquy: [^\n]+\n$/)
  expect(outcome.stderr).toMatch(says)
})

test('three mistakes in the settings are three lines, without the secret', async () => {
  using folder = temporaryFolder()
  const settings = { PORT: 'x', LOG_LEVEL: 'loud', BETTER_AUTH_SECRET: 'hunter2' }
  const outcome = await runToEnd(folder.path, ['serve'], settings)
  expect(outcome).toMatchObject({ code: 1, stdout: '' })
  const lines = outcome.stderr.trimEnd().split('\n')
  expect(lines.map(line => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'colloquy: PORT',
    'colloquy: BETTER_AUTH_SECRET',
    'colloquy: LOG_LEVEL',
  ])
  expect(outcome.stderr).not.toContain('hunter2')
})

test('.env of the working directory is read, and the real environment wins', async () => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, '.env'), 'PORT=x\nLOG_LEVEL=loud\nMAX_STEPS=0\n')
  const outcome = await runToEnd(folder.path, ['serve'], { PORT: '0', LOG_LEVEL: '' })
  expect(outcome.code).toBe(1)
  expect(outcome.stderr).not.toContain('PORT')
  expect(outcome.stderr).toContain('LOG_LEVEL must be')
  expect(outcome.stderr).toContain('MAX_STEPS must be')
})

test('token prints a bearer token alone, signed with the given secret', async () => {
  using folder = temporaryFolder()
  const outcome = await runToEnd(folder.path, ['token', '--user', 'ada', '--expires', '15m'], {
    BETTER_AUTH_SECRET: secret,
  })
  expect(outcome).toMatchObject({ code: 0, stderr: '' })
  const token = outcome.stdout.trimEnd()
  expect(decodeProtectedHeader(token).alg).toBe('HS256')
  const { payload } = await jwtVerify(token, Buffer.from(secret), { requiredClaims: ['exp', 'sub'] })
  expect(payload.sub).toBe('ada')
  expect(Number(payload.exp) - Number(payload.iat)).toBe(900)
})

test('token without a secret signs with the one of the data folder, made once', async () => {
  using folder = temporaryFolder()
  const first = await runToEnd(folder.path, ['token', '--user', 'ada'])
  const file = join(folder.path, 'data/secret')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const second = await runToEnd(folder.path, ['token', '--user', 'bob'])
  const signatures = [first, second].map(each => each.stdout.trimEnd())
  const { readFile } = await import('node:fs/promises')
  const kept = Buffer.from((await readFile(file, 'utf8')).trim())
  for (const token of signatures) await expect(jwtVerify(token, kept)).resolves.toBeDefined()
})

test('migrate applies once and says so, doctor then passes', async () => {
  using folder = temporaryFolder()
  const PORT = String(await freePort())
  const before = await runToEnd(folder.path, ['doctor'], { PORT })
  expect(before).toMatchObject({ code: 0, stderr: '' })
  expect(existsSync(join(folder.path, 'data'))).toBe(false)
  const first = await runToEnd(folder.path, ['migrate'])
  expect(first).toMatchObject({ code: 0, stderr: '' })
  expect(first.stdout).toMatch(/^Applied 0001-schema\n/)
  const second = await runToEnd(folder.path, ['migrate'])
  expect(second).toMatchObject({ code: 0, stderr: '' })
  expect(second.stdout).toMatch(/^Nothing to apply/)
  const after = await runToEnd(folder.path, ['doctor'], { PORT })
  expect(after).toMatchObject({ code: 0, stderr: '' })
  for (const name of ['database', 'schema', 'roles', 'row-level security', 'secret', 'model', 'port']) {
    expect(after.stdout).toMatch(new RegExp(`^ok +${name} `, 'm'))
  }
})

test('doctor names what is wrong with a remedy, and exits with 1', async () => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, 'data'))
  writeFileSync(join(folder.path, 'data/secret'), secret)
  chmodSync(join(folder.path, 'data/secret'), 0o644)
  const PORT = String(await freePort())
  const open = await runToEnd(folder.path, ['doctor'], { PORT })
  expect(open.code).toBe(1)
  expect(open.stdout).toMatch(/^FAIL +secret .*\n +→ run: chmod 600 data\/secret$/m)
  expect(open.stdout).not.toContain(secret)
  const settings = await runToEnd(folder.path, ['doctor'], { PORT: 'x', MODEL: 'openai/m' })
  expect(settings.code).toBe(1)
  expect(settings.stdout.match(/^FAIL +settings/gm)).toHaveLength(2)
  expect(settings.stdout).toContain('2 of 2 checks failed')
})

test('a data folder that is no folder is one clear line', async () => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'data'), '')
  const outcome = await runToEnd(folder.path, ['migrate'])
  expect(outcome.code).toBe(1)
  expect(outcome.stderr).toMatch(/^colloquy: The data folder \.\/data cannot be written [^\n]+\n$/)
})
