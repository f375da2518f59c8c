import { expect, test } from 'vitest'
import { openPostgres } from '../server/db/postgres.ts'
import { allEventsOf, firstEventOf } from './support/event-stream.ts'
import { freePort } from './support/postgres-server.ts'
import { held, textStream, toolCallStream } from './support/replay-answers.ts'
import { startReplayServer } from './support/replay-server.ts'
import { clientOf, openPlace, type Place, startServerProcess, testSecret } from './support/server.ts'

/** Signs up as a browser would; the session's cookie buys tokens as long as the session lives. */
async function signUp(url: string) {
  const response = await fetch(`${url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ email: 'ada@example.com', password: 'correct horse', name: 'Ada' }),
  })
  expect(response.status).toBe(200)
  const { user } = await response.json()
  const cookie = response.headers
    .getSetCookie()
    .map(each => each.split(';')[0])
    .join('; ')
  return { id: String(user.id), cookie, token: await tokenOf(url, cookie) }
}

async function tokenOf(url: string, cookie: string): Promise<string> {
  const response = await fetch(`${url}/api/auth/token`, { headers: { cookie } })
  expect(response.status).toBe(200)
  return (await response.json()).token
}

test('a conversation goes on after its server was killed, and again after it was stopped', async () => {
  await using place = await openPlace()
  const settings = { PORT: String(await freePort()) }

  const first = await startServerProcess(place, settings)
  const ada = await signUp(first.url)
  const client = await clientOf(first, ada.id, ada.token)
  const added = await client.say('Add a task to buy groceries')
  expect(added).toMatchObject({ status: 200, body: { status: 'completed' } })
  expect(added.body.tool_calls).toMatchObject([{ name: 'add_task', status: 'completed' }])
  const { conversation_id: conversation } = added.body
  expect((await client.call('GET', '/tasks')).body).toMatchObject([
    { id: 1, title: 'Buy groceries', completed: false },
  ])

  first.child.kill('SIGKILL')
  expect(await first.ended).toMatchObject({ code: null, signal: 'SIGKILL' })
  const second = await startServerProcess(place, settings)
  const done = await client.say('mark it done', conversation)
  expect(done).toMatchObject({ status: 200, body: { conversation_id: conversation, status: 'completed' } })
  expect(done.body.tool_calls).toMatchObject([
    { name: 'complete_task', arguments: { task_id: 1 }, status: 'completed' },
  ])
  expect((await client.call('GET', '/tasks/1')).body).toMatchObject({ completed: true, status: 'completed' })

  second.child.kill('SIGTERM')
  expect(await second.ended).toMatchObject({ code: 0, signal: null, stderr: '' })
  await using third = await startServerProcess(place, settings)
  const renewed = await clientOf(third, ada.id, await tokenOf(third.url, ada.cookie))
  const reopened = await renewed.say('Reopen it', conversation)
  expect(reopened.body.tool_calls).toMatchObject([{ name: 'reopen_task', arguments: { task_id: 1 } }])
  expect((await renewed.call('GET', '/tasks/1')).body.completed).toBe(false)

  const { body: messages } = await renewed.call('GET', `/conversations/${conversation}/messages`)
  const said = messages.map((each: { seq: number; role: string }) => [each.seq, each.role])
  expect(said).toEqual([1, 2, 3, 4, 5, 6].map(seq => [seq, seq % 2 === 1 ? 'user' : 'assistant']))
  expect(messages.map((each: { content: string }) => each.content)).toMatchObject([
    'Add a task to buy groceries',
    added.body.response,
    'mark it done',
    done.body.response,
    'Reopen it',
    reopened.body.response,
  ])
})

test('a turn whose server is killed is answered by the next one, and what it did is not done twice', async () => {
  await using place = await openPlace()
  await using replay = await startReplayServer()
  const cut = held(textStream('Added ', 'it.'), { after: 1 })
  replay.enqueue([
    toolCallStream('add_task', { title: 'Buy groceries' }),
    cut,
    textStream('It is on your list.'),
  ])
  const settings = { BETTER_AUTH_SECRET: testSecret, MODEL: 'compatible/test', MODEL_BASE_URL: replay.url }

  const first = await startServerProcess(place, settings)
  const before = await clientOf(first, 'ann')
  const asked = await before.open('POST', '/chat', { message: 'Groceries!' }, { accept: 'text/event-stream' })
  const { turn_id } = await firstEventOf(asked, 'tool.finished')
  await cut.reached
  first.child.kill('SIGKILL')
  await first.ended
  cut.release()
  await endLeases(place)

  await using second = await startServerProcess(place, settings)
  const after = await clientOf(second, 'ann')
  const events = await allEventsOf(await after.open('GET', `/turns/${turn_id}/events`))
  expect(events.at(-1)).toMatchObject({ type: 'turn.completed', response: 'It is on your list.' })
  const { body: turn } = await after.call('GET', `/turns/${turn_id}`)
  expect(turn.tool_calls).toMatchObject([{ name: 'add_task', status: 'completed' }])
  expect((await after.call('GET', '/tasks')).body).toMatchObject([{ id: 1, title: 'Buy groceries' }])
  expect(replay.requests).toHaveLength(3)
})

/** The embedded database knows that its former process is gone; elsewhere a lease has to run out. */
async function endLeases({ environment: { DATABASE_URL: url } }: Place): Promise<void> {
  if (!url) return
  const db = openPostgres({ url, poolSize: 1, connectTimeoutSeconds: 10 })
  await db.query(`update colloquy.instances set lease_until = now() - interval '1 second'`)
  await db.close()
}
