import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { firstEventOf } from './support/event-stream.ts'
import { runToEnd, temporaryFolder } from './support/run-command.ts'
import { type Client, clientOf, openPlace, type Place, startServerAt, testSecret } from './support/server.ts'

const folder = temporaryFolder()
let place: Place
let ann: Client
let bob: Client
let account: { id: string; email: string }

/** On the embedded engine a command needs the folder for itself: the server has stopped. */
const served = async <T>(work: (url: string) => Promise<T>): Promise<T> => {
  await using server = await startServerAt(place, { SHUTDOWN_GRACE_SECONDS: '0' })
  return await work(server.url)
}

beforeAll(async () => {
  place = await openPlace()
  await served(async url => {
    ann = await clientOf({ url }, 'ann')
    bob = await clientOf({ url }, 'bob')
    await ann.say('add buy milk')
    await ann.say('show my tasks')
    await bob.call('POST', '/tasks', { title: 'Walk' })
    const person = { email: 'eve@example.com', password: 'correct horse', name: 'Eve' }
    const signedUp = await fetch(`${url}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify(person),
    })
    account = (await signedUp.json()).user
  })
})
afterAll(async () => {
  await place?.[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

const admin = (...args: string[]) =>
  runToEnd(folder.path, ['admin', ...args], { BETTER_AUTH_SECRET: testSecret, ...place.environment })

const tableOf = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map(line => line.trim().split(/ {2,}/))

test('users are listed with what they have, a page at a time', async () => {
  const all = await admin('users')
  expect(all).toMatchObject({ code: 0, stderr: '' })
  const [head, ...rows] = tableOf(all.stdout)
  expect(head).toEqual(['user', 'e-mail', 'conversations', 'turns', 'tasks', 'last active'])
  const known = new Map(rows.map(row => [row[0], row.slice(1, 5)]))
  expect(known.get('ann')).toEqual(['-', '2', '2', '1'])
  expect(known.get('bob')).toEqual(['-', '0', '0', '1'])
  expect(known.get(account.id)).toEqual(['eve@example.com', '0', '0', '0'])
  expect(known.size).toBe(3)

  const seen: string[] = []
  for (let after = ''; ; ) {
    const page = await admin('users', '--limit', '1', '--after', after)
    const lines = tableOf(page.stdout)
    seen.push(lines[1]?.[0] ?? '')
    const [, next] = /^More: --after (.+)$/m.exec(page.stdout) ?? []
    if (!next) break
    after = next
  }
  expect(seen).toEqual(rows.map(row => row[0]))
})

test('usage is told by user and model', async () => {
  const { stdout, stderr, code } = await admin('usage')
  expect([code, stderr]).toEqual([0, ''])
  const [head, ...rows] = tableOf(stdout)
  expect(head).toEqual(['user', 'model', 'turns', 'input tokens', 'output tokens'])
  expect(rows.map(row => row[0])).toEqual(['ann'])
  expect(rows[0]?.[2]).toBe('2')
  expect(tableOf((await admin('usage', '--user', 'bob')).stdout)).toHaveLength(1)
})

test('no turn is stuck; one without an owner is found until an instance takes it over', async () => {
  expect(await admin('turns', '--stuck')).toMatchObject({ code: 0, stderr: '' })
  const slow = await startServerAt(place, { OFFLINE_DELAY_MS: '60000', SHUTDOWN_GRACE_SECONDS: '0' })
  const asking = await clientOf(slow, 'ann')
  const events = await asking.open(
    'POST',
    '/chat',
    { message: 'show my tasks' },
    { accept: 'text/event-stream' },
  )
  const turn = await firstEventOf(events)
  await slow[Symbol.asyncDispose]()
  const found = await admin('turns', '--stuck')
  expect(found).toMatchObject({ code: 1, stderr: '' })
  expect(found.stdout).toContain(turn.turn_id)
  await served(async url => {
    const state = await fetch(`${url}/api/ann/turns/${turn.turn_id}/events`, {
      headers: { authorization: `Bearer ${ann.token}` },
    })
    await state.text()
  })
  expect(await admin('turns', '--stuck')).toMatchObject({ code: 0 })
})

test('an export is the document that the user would get, in a new file of one’s own', async () => {
  const printed = await admin('export', 'ann')
  expect(printed).toMatchObject({ code: 0, stderr: '' })
  const document = JSON.parse(printed.stdout)
  expect(document).toMatchObject({
    format: 'colloquy-export-1',
    user_id: 'ann',
    finished_at: expect.any(String),
  })
  expect(document.tasks).toHaveLength(1)
  const file = join(folder.path, 'ann.json')
  expect(await admin('export', 'ann', '--output', file)).toMatchObject({ code: 0, stdout: '', stderr: '' })
  expect(JSON.parse(readFileSync(file, 'utf8')).tasks).toEqual(document.tasks)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const again = await admin('export', 'ann', '--output', file)
  expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/^colloquy: .*is there already/) })
})

const mistaken: [args: string[], says: RegExp][] = [
  [['erase', 'nobody'], /Nothing is stored of a user "nobody"/],
  [['export', 'nobody'], /Nothing is stored of a user "nobody"/],
  [['erase'], /Name USER.*admin erase --help/],
  [['erase', 'bob'], /Nobody is there to confirm; say --yes/],
  [['users', '--limit', '0'], /--limit must be a whole number from 1 to 1000/],
  [['bogus'], /no command "admin bogus", only admin users, /],
]

test.for(mistaken)('admin %j is one clear line and exit code 1', async ([args, says]) => {
  const outcome = await admin(...args)
  expect(outcome).toMatchObject({ code: 1, stdout: '' })
  expect(outcome.stderr).toMatch(/^colloquy: [^\n]+\n$/)
  expect(outcome.stderr).toMatch(says)
})

test.for(['', '--help', 'help'])('admin %s lists its commands', async word => {
  const outcome = await admin(...(word ? [word] : []))
  expect(outcome).toMatchObject({ code: 0, stderr: '' })
  expect(outcome.stdout).toMatch(/^ {2}admin users /m)
  expect(outcome.stdout).not.toMatch(/^ {2}serve /m)
})

test('who is erased is gone for good, and the others are not', async () => {
  const help = await admin('erase', '--help')
  expect(help).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Usage: colloquy admin erase \[--yes\] USER\n/),
  })
  expect(await admin('erase', 'ann', '--yes')).toMatchObject({ code: 0, stdout: 'Erased ann\n', stderr: '' })
  expect(await admin('erase', 'ann', '--yes')).toMatchObject({
    code: 1,
    stderr: 'colloquy: The user "ann" has been erased\n',
  })
  expect(
    tableOf((await admin('users')).stdout)
      .map(row => row[0])
      .sort(),
  ).toEqual(['bob', account.id, 'user'].sort())
  await served(async url => {
    const answer = (client: Client) =>
      fetch(`${url}/api/${client.userId}/tasks`, { headers: { authorization: `Bearer ${client.token}` } })
    expect((await answer(ann)).status).toBe(401)
    expect((await answer(bob)).status).toBe(200)
  })
})
