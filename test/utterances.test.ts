import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withUser } from '../server/db/database.ts'
import { tasks as stored } from '../server/db/schema.ts'
import { paraphrases } from './fixtures/paraphrases.ts'
import { scenarios } from './fixtures/utterances.ts'
import { agentAt } from './support/dated-agent.ts'
import { expectTurn } from './support/expect-turn.ts'
import { NOW } from './support/offline-conversation.ts'
import {
  type Client,
  clientOf,
  startServer,
  type TestServer,
  testSecret,
  tokenFor,
} from './support/server.ts'
import type { Seed, StoredTask } from './support/task-tools.ts'
import { watch } from './support/turn-view.ts'

let server: TestServer
let users = 0
beforeAll(async () => {
  server = await startServer({}, agentAt(NOW))
})
afterAll(() => server[Symbol.asyncDispose]())

async function newUser(seeds: Seed[] = []): Promise<Client> {
  const userId = `speaker-${++users}`
  const client = await clientOf(
    server,
    userId,
    await tokenFor(userId, testSecret, { email: 'ada@example.com' }),
  )
  for (const [index, seed] of seeds.entries()) await plant(client, index + 1, seed)
  return client
}

async function plant(client: Client, id: number, seed: Seed): Promise<void> {
  const { completed, created_at, completed_at, ...fields }: Partial<StoredTask> =
    typeof seed === 'string' ? { title: seed } : seed
  expect((await client.call('POST', '/tasks', fields)).body.id).toBe(id)
  if (completed) await client.call('PATCH', `/tasks/${id}/complete`)
  if (created_at || completed_at) await backdate(client.userId, id, { created_at, completed_at })
}

type Times = { [Time in 'created_at' | 'completed_at']: StoredTask[Time] | undefined }

/** What the database's clock has set, and no client can. */
async function backdate(userId: string, id: number, { created_at, completed_at }: Times) {
  const times = {
    ...(created_at && { createdAt: new Date(created_at) }),
    ...(completed_at && { completedAt: new Date(completed_at) }),
  }
  await withUser(server.context.db, userId, tx =>
    tx
      .update(stored)
      .set(times)
      .where(and(eq(stored.userId, userId), eq(stored.id, id))),
  )
}

async function titlesLeft(client: Client): Promise<string[]> {
  const { body } = await client.call('GET', '/tasks?sort=created_at&order=asc')
  const tasks: { title: string; completed: boolean }[] = body
  return tasks.map(({ title, completed }) => (completed ? `✓ ${title}` : title))
}

describe('what people say, over HTTP', () => {
  test.each([...scenarios, ...paraphrases])('$name', async ({ tasks, turns, left }) => {
    const client = await newUser(tasks)
    let conversation: string | undefined
    for (const turn of turns) {
      const { status, body } = await client.say(turn.say, conversation)
      expect(status, JSON.stringify(body)).toBe(200)
      const { response, tool_calls: calls, status: ending } = body
      expectTurn({ response, calls, status: ending }, turn)
      conversation = body.conversation_id
    }
    if (left) expect(await titlesLeft(client)).toEqual(left)
  })
})

/** Messages whose answers take several steps, each saying something of its own. */
const manyStepped = [
  'add call dad and pay rent',
  'add buy bread, complete it and show my tasks',
  'complete call mom and delete task 999',
  'add celebrate and delete the meeting task',
  'make the milk task urgent and tag it with shop and show my tasks',
  'complete task 98, task 99 and task 1',
]

test.each(manyStepped)('what is shown of the answer to “%s” is never taken back', async message => {
  const client = await newUser(['Buy milk', 'Call mom', 'Team meeting'])
  const watcher = watch(await client.open('POST', '/chat', { message }, { accept: 'text/event-stream' }))
  let shown = ''
  await watcher.until(view => {
    expect(view.text.startsWith(shown), `${shown}\n→ ${view.text}`).toBe(true)
    shown = view.text
    return view.outcome !== undefined
  })
  const { response } = await watcher.ended
  expect(response).toBe(shown)
  const paragraphs = response.split('\n\n')
  expect(paragraphs).toEqual([...new Set(paragraphs)])
})

/** Answers on the card of a call, not by a message: the same answer goes on. */
const cards: [approved: boolean[], ending: string][] = [
  [
    [true, true],
    'Deleted 2 tasks: **Buy milk** and **Call mom**.\n\nYou have 1 task:\n\n1. **Team meeting** (#3)',
  ],
  [
    [true, false],
    'Deleted **Buy milk**.\n\nYou have 2 tasks:\n\n1. **Call mom** (#2)\n2. **Team meeting** (#3)',
  ],
  [[false, false], 'All right, nothing was deleted.\n\nYou have 3 tasks:'],
]

test.each(cards)(
  'with its calls approved on their cards as %j, an answer says once what came of them',
  async (approved, ending) => {
    const client = await newUser(['Buy milk', 'Call mom', 'Team meeting'])
    const { body: asked } = await client.say('delete tasks 1 and 2 and show all my tasks')
    for (const [index, { id }] of asked.tool_calls.slice(-2).entries())
      await client.call('PUT', `/tool-calls/${id}/approval`, { approved: approved[index] })
    const { response } = await watch(await client.open('GET', `/turns/${asked.turn_id}/events`)).ended
    expect(response.slice(0, asked.response.length)).toBe(asked.response)
    expect(response.slice(asked.response.length).trim().slice(0, ending.length)).toBe(ending)
  },
)
