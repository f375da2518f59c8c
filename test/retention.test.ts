import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { forgetKeys } from '../server/store/idempotency-keys.ts'
import { forgetConversation, listIdleConversations } from '../server/store/idle-conversations.ts'
import { forgetDeltas } from '../server/store/turn-deltas.ts'
import { sweep } from '../server/turns/sweep.ts'
import { textStream, toolCallStream } from './support/replay-answers.ts'
import { freshUser, holdTurn, startReplayedServer } from './support/replayed-server.ts'
import { ann, shareReplayedServer, world } from './support/shared-replayed-server.ts'
import { storeConversation } from './support/stored-conversation.ts'

const days = 30

shareReplayedServer({ environment: { RETENTION_DAYS: String(days) } })

const db = () => world.server.context.db
const engine = () => world.server.context.engine

/** As if the time had passed since anything happened in it. */
const passDays = (conversation: string, idle: number) =>
  db().query(
    `update colloquy.conversations set updated_at = now() - make_interval(days => $2) where id = $1`,
    [conversation, idle],
  )

const exists = async (conversation: string) =>
  (await ann.call('GET', `/conversations/${conversation}`)).status === 200

async function countOf(table: string): Promise<number> {
  const [row] = await db().query<{ count: number }>(
    `select count(*)::int as count from colloquy.${table} where user_id = $1`,
    [ann.userId],
  )
  return row?.count ?? -1
}

describe('a conversation without activity', () => {
  test('goes with its messages, turns, calls and feedback once the days are over; others and tasks stay', async () => {
    await ann.call('POST', '/tasks', { title: 'Buy milk' })
    const [old, young] = [
      await storeConversation(db(), ann.userId, { turns: 10, callEvery: 2 }),
      await storeConversation(db(), ann.userId, { turns: 3, callEvery: 1 }),
    ]
    const { body: turns } = await ann.call('GET', `/conversations/${old}/turns`)
    await ann.call('PUT', `/turns/${turns[0].id}/feedback`, { value: 'positive' })
    await passDays(old, days + 1)
    await passDays(young, days - 1)
    await sweep(engine())
    expect([await exists(old), await exists(young)]).toEqual([false, true])
    const counted = ['conversations', 'turns', 'messages', 'tool_calls', 'feedback', 'tasks'].map(countOf)
    expect(await Promise.all(counted)).toEqual([1, 3, 6, 3, 0, 1])
  })

  test('is not begun anew by a client that makes its ids itself, and lists that are open learn of it', async () => {
    const old = await storeConversation(db(), ann.userId, { turns: 1 })
    await passDays(old, days + 1)
    await sweep(engine())
    const names = await db().query('select external_id from colloquy.external_ids where user_id = $1', [
      ann.userId,
    ])
    const changes = await db().query(
      'select deleted_conversations::int as n from colloquy.user_changes where user_id = $1',
      [ann.userId],
    )
    expect([names, changes]).toEqual([[{ external_id: old }], [{ n: 1 }]])
  })

  test('stays while a turn runs in it, while others wait there, and while a question awaits its answer', async () => {
    await ann.call('POST', '/tasks', { title: 'Tea' })
    world.replay.enqueue([toolCallStream('delete_task', { task_id: 1 })])
    const { body: asked } = await ann.say('Delete tea')
    expect(asked.status).toBe('awaiting_approval')
    const running = await holdTurn(world, ann)
    world.replay.enqueue([textStream('Second answer')])
    const waiting = ann.say('Second', running.conversation)
    for (const conversation of [asked.conversation_id, running.conversation])
      await passDays(conversation, 400)
    await sweep(engine())
    for (const conversation of [asked.conversation_id, running.conversation]) {
      expect(await forgetConversation(db(), { userId: ann.userId, id: conversation }, days)).toBe(false)
      expect(await exists(conversation)).toBe(true)
    }
    running.release()
    expect((await waiting).body).toMatchObject({ status: 'completed', response: 'Second answer' })
  })

  test('stays while a reminder is to be told there, and so does the reminder', async () => {
    await ann.call('POST', '/tasks', { title: 'Tea' })
    const old = await storeConversation(db(), ann.userId, { turns: 1 })
    await db().query(
      `insert into colloquy.reminders (user_id, id, task_id, conversation_id, remind_at)
       values ($1, $2, 1, $3, now() + interval '1 year')`,
      [ann.userId, randomUUID(), old],
    )
    await passDays(old, 400)
    await sweep(engine())
    expect(await forgetConversation(db(), { userId: ann.userId, id: old }, days)).toBe(false)
    expect([await exists(old), await countOf('reminders')]).toEqual([true, 1])
  })

  test('stays when something was said in it after it was found', async () => {
    const old = await storeConversation(db(), ann.userId, { turns: 1 })
    await passDays(old, 400)
    expect(await listIdleConversations(db(), days, 500)).toContainEqual({ user_id: ann.userId, id: old })
    world.replay.enqueue([textStream('Here again.')])
    await ann.say('Hello again', old)
    expect(await forgetConversation(db(), { userId: ann.userId, id: old }, days)).toBe(false)
    expect(await exists(old)).toBe(true)
  })

  test('is kept for ever where nothing else is said', async () => {
    await using other = await startReplayedServer()
    const user = await freshUser(other)
    const { context } = other.server
    const old = await storeConversation(context.db, user.userId, { turns: 1 })
    await context.db.query(`update colloquy.conversations set updated_at = now() - interval '20 years'`)
    await sweep(context.engine)
    expect((await user.call('GET', `/conversations/${old}`)).status).toBe(200)
  })

  test('is found in batches, the longest idle first', async () => {
    const ids: string[] = []
    for (let i = 0; i < 3; i += 1) ids.push(await storeConversation(db(), ann.userId, { turns: 1 }))
    for (const [i, id] of ids.entries()) await passDays(id, 1000 + i)
    const found = await listIdleConversations(db(), days, 2)
    expect(found.map(each => each.id)).toEqual([ids[2], ids[1]])
  })
})

describe('what else is removed', () => {
  test('keys after 48 hours, in batches that say how many they were', async () => {
    await db().query(
      `insert into colloquy.idempotency_keys (user_id, key, turn_id, request_hash, created_at)
       select $1, 'k' || n, gen_random_uuid(), 'h', now() - make_interval(hours => 47 + n) from generate_series(0, 1200) n`,
      [ann.userId],
    )
    const batches = [await forgetKeys(db(), 48, 500), await forgetKeys(db(), 48, 500)]
    expect([...batches, await forgetKeys(db(), 48, 500), await forgetKeys(db(), 48, 500)]).toEqual([
      500, 500, 200, 0,
    ])
    expect(await countOf('idempotency_keys')).toBe(1)
  })

  test('deltas a minute after the end of their turn, not while it runs, whenever they were said', async () => {
    const conversation = await storeConversation(db(), ann.userId, { turns: 3 })
    const { body: turns } = await ann.call('GET', `/conversations/${conversation}/turns`)
    const [ended, endedNow, running] = turns.map((turn: { id: string }) => turn.id)
    const gone = randomUUID()
    await db().query(`update colloquy.turns set finished_at = now() - interval '61 seconds' where id = $1`, [
      ended,
    ])
    await db().query(`update colloquy.turns set finished_at = now() - interval '50 seconds' where id = $1`, [
      endedNow,
    ])
    await db().transaction(async tx => {
      // Seen by nobody else: a pulse would take up what seems to run.
      await tx.query(`update colloquy.turns set status = 'running', finished_at = null where id = $1`, [
        running,
      ])
      for (const turn of [ended, endedNow, running, gone]) {
        await tx.query(
          `insert into colloquy.turn_deltas (user_id, turn_id, epoch, seq, step, part, kind, delta, created_at)
           values ($1, $2, 1, 1, 1, 0, 'text', 'So far', now() - interval '1 hour')`,
          [ann.userId, turn],
        )
      }
      const removed = await forgetDeltas(tx, 60, 500)
      expect(removed).toBeGreaterThanOrEqual(2)
      await tx.query('reset role')
      const left = await tx.query<{ turn_id: string }>(
        'select turn_id from colloquy.turn_deltas where user_id = $1',
        [ann.userId],
      )
      expect(left.map(row => row.turn_id).toSorted()).toEqual([endedNow, running].toSorted())
      await tx.query('delete from colloquy.turn_deltas where user_id = $1', [ann.userId])
      await tx.query(`update colloquy.turns set status = 'completed', finished_at = now() where id = $1`, [
        running,
      ])
    })
  })

  test('expired sessions and verifications of accounts, and no others', async () => {
    const id = randomUUID()
    await db().query(`insert into auth."user" (id, name, email) values ($1, 'Ada', $1 || '@example.com')`, [
      id,
    ])
    for (const [name, hours] of [
      ['past', -1],
      ['coming', 1],
    ] as const) {
      await db().query(
        `insert into auth.session (id, "expiresAt", token, "userId")
         values ($1, now() + make_interval(hours => $2), $1, $3)`,
        [`${name}-${id}`, hours, id],
      )
      await db().query(
        `insert into auth.verification (id, identifier, value, "expiresAt")
         values ($1, $1, $3, now() + make_interval(hours => $2))`,
        [`${name}-${id}`, hours, id],
      )
    }
    await sweep(engine())
    const left = await db().query(
      `select id from auth.session where "userId" = $1 union all select id from auth.verification where value = $1`,
      [id],
    )
    expect(left).toEqual([{ id: `coming-${id}` }, { id: `coming-${id}` }])
  })
})
