import { expect, test } from 'vitest'
import type { Database } from '../server/db/database.ts'
import { freePort } from './support/postgres-server.ts'
import {
  failure,
  held,
  stream,
  text,
  textStream,
  toolCall,
  toolCallStream,
} from './support/replay-answers.ts'
import { type ReplayServer, startReplayServer } from './support/replay-server.ts'
import { modelAt, patiently } from './support/replayed-server.ts'
import { clientOf, openPlace, startServerAt, startServerProcess, testSecret } from './support/server.ts'
import { type Speaker, speakers } from './support/speakers.ts'

/**
 * One conversation in every protocol, each through its own client: a tool call, a question, an error, a stop, a connection
 * lost and found, a message while the answer before is made, a process killed in the middle of an answer. What is stored of
 * it is the same.
 */

const showing = (speaker: Speaker, words: string) =>
  expect.poll(() => speaker.shown(), patiently).toContain(words)

async function converse(speaker: Speaker, replay: ReplayServer): Promise<void> {
  const say = async (words: string) => (await speaker.begin(words)).ended
  replay.enqueue([
    stream(text('One moment.'), toolCall('add_task', { title: 'Milk' }, 'call_1')),
    textStream('Added.'),
  ])
  await say('Add milk')
  await showing(speaker, 'Added.')

  replay.enqueue([
    stream(text('Sure?'), toolCall('delete_task', { task_id: 1 }, 'call_2')),
    textStream('Gone.'),
  ])
  await say('Delete milk')
  await showing(speaker, 'Sure?')
  await speaker.allow()
  await showing(speaker, 'Gone.')

  replay.enqueue([toolCallStream('list_tasks', {}, 'call_3'), failure(500)])
  await say('What is left?')

  const stopped = held(textStream('So ', 'far'), { after: 1 })
  replay.enqueue([stopped])
  const stopping = await speaker.begin('Tell me a story')
  await showing(speaker, 'So ')
  await speaker.stop()
  await stopping.ended
  stopped.release()

  const resumed = held(textStream('Three ', 'four'), { after: 1 })
  replay.enqueue([resumed])
  const leaving = await speaker.begin('Count')
  await showing(speaker, 'Three ')
  await Promise.all([speaker.leave(), leaving.ended.catch(() => {})])
  const back = speaker.tab()
  const coming = await back.comeBack()
  await showing(back, 'Three ')
  resumed.release()
  await coming.ended
  await showing(back, 'Three four')

  const first = held(textStream('First.'), { after: -1 })
  replay.enqueue([first, textStream('Second.')])
  const one = await speaker.tab().begin('First')
  await first.reached
  const tab = speaker.tab()
  const two = await tab.begin('Second')
  await expect.poll(() => isWaiting(speaker), patiently).toBe(true)
  first.release()
  await Promise.all([one.ended, two.ended])
  await showing(tab, 'Second.')
}

/** Set before each conversation: whether its last message is in the queue. */
let isWaiting: (speaker: Speaker) => Promise<boolean> = async () => false

/** Everything of a user's conversations, without what names or dates it. */
async function storedOf(db: Database, userId: string) {
  const rows = async (sql: string) => (await db.query<{ row: object }>(sql, [userId])).map(({ row }) => row)
  const calls = await db.query<{ id: string; name: string }>(
    `select c.id::text, format('call %s.%s.%s', t.turn_no, c.step, c.position) as name
       from colloquy.tool_calls c join colloquy.turns t on t.user_id = c.user_id and t.id = c.turn_id
      where c.user_id = $1`,
    [userId],
  )
  const stored = {
    conversations: await rows(
      `select json_build_object('title', title, 'last_turn', last_turn, 'active', active_turn, 'awaiting', awaiting_turn,
                                'archived', archived_at) as row from colloquy.conversations where user_id = $1`,
    ),
    turns: await rows(
      `select json_build_object('no', t.turn_no, 'parent', p.turn_no, 'live', t.live, 'kind', t.kind, 'status', t.status,
                                'usage', t.usage, 'error', t.error, 'attempts', t.attempts) as row
         from colloquy.turns t left join colloquy.turns p on p.user_id = t.user_id and p.id = t.parent_turn
        where t.user_id = $1 order by t.turn_no`,
    ),
    messages: await rows(
      `select json_build_object('seq', seq, 'role', role, 'status', status, 'content', content, 'parts', parts,
                                'live', live) as row from colloquy.messages where user_id = $1 order by seq`,
    ),
    calls: await rows(
      `select json_build_object('turn', t.turn_no, 'step', c.step, 'position', c.position, 'name', c.name,
                                'provider', c.provider_call_id, 'arguments', c.arguments, 'result', c.result,
                                'status', c.status, 'effect', c.effect, 'continues', c.continues) as row
         from colloquy.tool_calls c join colloquy.turns t on t.user_id = c.user_id and t.id = c.turn_id
        where c.user_id = $1 order by t.turn_no, c.step, c.position`,
    ),
    tasks: await rows(
      `select (to_jsonb(t) - array['user_id', 'created_at', 'updated_at', 'completed_at']) as row
         from colloquy.tasks t where user_id = $1 order by id`,
    ),
  }
  const named = calls.reduce((json, { id, name }) => json.replaceAll(id, name), JSON.stringify(stored))
  return JSON.parse(named) as typeof stored // names in place of ids, and nothing else
}

test('the same conversation is stored the same, whichever protocol it is held in', async () => {
  await using place = await openPlace()
  await using replay = await startReplayServer()
  const settings = { ...modelAt(replay), PORT: String(await freePort()), BETTER_AUTH_SECRET: testSecret }
  await using server = await startServerProcess(place, settings)
  const protocols = await Promise.all(
    Object.entries(speakers).map(async ([protocol, open]) => {
      const client = await clientOf(server)
      return { protocol, client, speaker: open({ server, client }) }
    }),
  )

  const cut: ReturnType<typeof held>[] = []
  const pages: Speaker[] = []
  for (const { client, speaker } of protocols) {
    isWaiting = async ({ conversationId }) =>
      (await client.call('GET', `/conversations/${conversationId()}/turns?status=queued`)).body.length === 1
    await converse(speaker, replay)
    const answer = held(textStream('Stale ', 'half'), { after: 1 })
    replay.enqueue([toolCallStream('add_task', { title: 'Tea' }, 'call_4'), answer])
    cut.push(answer)
    // It has to know what was said on other pages: for AG-UI a shorter thread is a changed one.
    const page = speaker.tab()
    await (await page.comeBack()).ended
    const { ended } = await page.begin('Add tea')
    ended.catch(() => {})
    await showing(page, 'Stale ')
    pages.push(page)
  }

  replay.otherwise(textStream('Fresh.'))
  server.child.kill('SIGKILL')
  expect((await server.ended).signal).toBe('SIGKILL')
  const next = await startServerProcess(place, settings)
  for (const page of pages) {
    const back = page.tab()
    await (await back.comeBack()).ended
    await showing(back, 'Fresh.')
  }
  for (const answer of cut) answer.release()
  next.child.kill('SIGTERM')
  expect((await next.ended).code).toBe(0)

  await using after = await startServerAt(place, settings)
  const stored = []
  for (const { protocol, client } of protocols)
    stored.push([protocol, await storedOf(after.context.db, client.userId)] as const)
  const [[, rest] = [], ...others] = stored
  expect(rest?.turns.map(turn => (turn as { status: string }).status)).toEqual([
    ...['completed', 'completed', 'failed', 'cancelled'],
    ...['completed', 'completed', 'completed', 'completed'],
  ])
  expect(rest?.messages).toHaveLength(16)
  expect(rest?.calls).toMatchObject(
    ['add_task', 'delete_task', 'list_tasks', 'add_task'].map(name => ({ name, status: 'completed' })),
  )
  expect(rest?.tasks).toMatchObject([{ title: 'Tea' }])
  expect(rest?.messages.at(-1)).toMatchObject({ content: 'Fresh.', status: 'completed' })
  for (const [protocol, other] of others) expect([protocol, other]).toEqual([protocol, rest])
}, 300_000)
