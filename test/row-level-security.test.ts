import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Connection, type Tx, withUser } from '../server/db/database.ts'
import { databaseCodeOf } from '../server/db/failure.ts'
import { type Acceptance, acceptTurn } from '../server/store/accept-turn.ts'
import * as conversations from '../server/store/conversations.ts'
import { findDueReminder, fireReminder } from '../server/store/due-reminders.ts'
import * as externalIds from '../server/store/external-ids.ts'
import * as feedback from '../server/store/feedback.ts'
import * as idempotencyKeys from '../server/store/idempotency-keys.ts'
import { forgetConversation } from '../server/store/idle-conversations.ts'
import { countOfUser } from '../server/store/known-users.ts'
import { findStanding } from '../server/store/limits.ts'
import * as messages from '../server/store/messages.ts'
import * as reminders from '../server/store/reminders.ts'
import * as summaries from '../server/store/summaries.ts'
import * as completion from '../server/store/task-completion.ts'
import { countTasks, pageTasks } from '../server/store/task-list.ts'
import { inheritReminders, moveReminders } from '../server/store/task-reminders.ts'
import type { Task } from '../server/store/task-view.ts'
import * as tasks from '../server/store/tasks.ts'
import * as toolCalls from '../server/store/tool-calls.ts'
import { listLastDeltas } from '../server/store/turn-deltas.ts'
import * as turnList from '../server/store/turn-list.ts'
import * as steering from '../server/store/turn-steering.ts'
import * as turns from '../server/store/turns.ts'
import { listUsage } from '../server/store/usage.ts'
import * as changes from '../server/store/user-changes.ts'
import { exportUser, isKnownUser } from '../server/store/user-export.ts'
import * as settings from '../server/store/user-settings.ts'
import { openTestDatabase, type TestDatabase } from './support/database.ts'
import { storeConversation } from './support/stored-conversation.ts'
import { rowsOf } from './support/stored-rows.ts'

/** Rows of no user: which migrations were applied, which processes run, and who has none any more. */
const untenanted = ['erased_users', 'instances', 'migrations', 'own_migrations']
/** Accounts are looked up before anyone is known to ask; another role's alone (migrations/0009-auth.sql). */
const authTables = ['account', 'attempts', 'jwks', 'session', 'user', 'verification']

const insufficientPrivilege = '42501'
const checkViolation = '23514'
const foreignKeyViolation = '23503'

/** What Ann has: a turn that is running, its call to be carried out, and one of everything else. */
interface Own {
  conversation: string
  first: string
  running: string
  /** A turn that sums up its conversation. */
  summing: string
  owner: string
  call: string
  reminder: string
}

let database: TestDatabase
let ann: Own
let annsRows: Record<string, string[]>
let tenantTables: string[]

beforeAll(async () => {
  database = await openTestDatabase()
  const { db } = database
  tenantTables = (await tablesOf('colloquy')).filter(table => !untenanted.includes(table))
  ann = await seed('ann')
  await seed('bob')
  annsRows = await rowsOf(db, 'ann')
})
afterAll(() => database[Symbol.asyncDispose]())

const tablesOf = async (schema: string) =>
  (
    await database.db.query<{ name: string }>(
      `select c.relname as name from pg_class c where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p')
        order by 1`,
      [schema],
    )
  ).map(table => table.name)

/** Written past every policy, and without ever binding a user on any connection. */
async function seed(user: string): Promise<Own> {
  const { db } = database
  const conversation = await storeConversation(db, user, { turns: 2, callEvery: 1 })
  const owner = randomUUID()
  await db.query(
    `update colloquy.turns set status = 'running', owner = $2, parts = '[]' where user_id = $1 and turn_no = 2`,
    [user, owner],
  )
  const found = await db.query<{ turn: string; call: string }>(
    `select t.id as turn, c.id as call from colloquy.turns t
       join colloquy.tool_calls c on c.user_id = t.user_id and c.turn_id = t.id
      where t.user_id = $1 order by t.turn_no`,
    [user],
  )
  const [first, running] = found
  if (!first || !running) throw new Error('Nothing was seeded')
  await db.query(`update colloquy.conversations set active_turn = $2 where user_id = $1`, [
    user,
    running.turn,
  ])
  await db.query(
    `update colloquy.tool_calls set status = 'pending', result = null where user_id = $1 and id = $2`,
    [user, running.call],
  )
  await db.query(
    `update colloquy.tool_calls set status = 'unknown', effect = 'external' where user_id = $1 and id = $2`,
    [user, first.call],
  )
  await db.query(
    `insert into colloquy.idempotency_keys (user_id, key, turn_id, request_hash) values ($1, 'rest:k', $2, 'h')`,
    [user, first.turn],
  )
  await db.query(
    `insert into colloquy.turn_deltas (user_id, turn_id, epoch, seq, step, part, kind, delta)
     values ($1, $2, 1, 1, 1, 0, 'text', 'So far')`,
    [user, running.turn],
  )
  await db.query(`insert into colloquy.task_counters (user_id, last_task_id) values ($1, 7)`, [user])
  await db.query(`insert into colloquy.tasks (user_id, id, title) values ($1, 7, 'Buy marzipan')`, [user])
  const reminder = randomUUID()
  await db.query(
    `insert into colloquy.reminders (user_id, id, task_id, minutes_before, remind_at) values ($1, $2, 7, 5, now())`,
    [user, reminder],
  )
  await db.query(`insert into colloquy.user_settings (user_id, time_zone) values ($1, 'Asia/Karachi')`, [
    user,
  ])
  await db.query(`insert into colloquy.feedback (user_id, turn_id, value) values ($1, $2, 'positive')`, [
    user,
    first.turn,
  ])
  await db.query(
    `insert into colloquy.summaries (user_id, conversation_id, number, covers_until, last_turn, content, model, usage)
     values ($1, $2, 1, 2, $3, 'They like marzipan', 'compatible/test', '{}')`,
    [user, conversation, first.turn],
  )
  await db.query(`insert into colloquy.user_changes (user_id, tasks) values ($1, 7)`, [user])
  await db.query(`insert into colloquy.turn_counters (user_id, minute, turns) values ($1, now(), 1)`, [user])
  await db.query(
    `insert into colloquy.usage (user_id, hour, model, turns, input_tokens, output_tokens)
     values ($1, date_trunc('hour', now()), 'offline', 1, ascii($1), 0)`,
    [user],
  )
  await db.query(
    `insert into colloquy.external_ids (user_id, external_id, conversation_id) values ($1, 'thread-' || $1, $2)`,
    [user, conversation],
  )
  const summing = randomUUID()
  await db.query(
    `insert into colloquy.turns (user_id, id, conversation_id, turn_no, live, status, kind, owner, context)
     values ($1, $2, $3, -2, false, 'running', 'summary', $4, '{"summary_until": 4}')`,
    [user, summing, conversation, owner],
  )
  return {
    conversation,
    first: first.turn,
    running: running.turn,
    summing,
    owner,
    call: running.call,
    reminder,
  }
}

class RollBack extends Error {}

/** Runs `work` as the server would with these settings, and takes back whatever it did. */
async function tried<T>(begin: string[], work: (connection: Connection) => Promise<T>): Promise<T> {
  let result: { value: T } | undefined
  const rolledBack = database.db.transaction(async connection => {
    for (const statement of begin) await connection.query(statement)
    result = { value: await work(connection) }
    throw new RollBack()
  })
  await rolledBack.catch(error => {
    if (!(error instanceof RollBack)) throw error
  })
  if (!result) throw new Error('Nothing was tried')
  return result.value
}

const asServer = 'set local role colloquy_server'
const unset = [asServer]
const empty = [asServer, `set local app.user_id = ''`]
const asBob = [`select colloquy.act_as('bob')`]

const codeOf = (work: Promise<unknown>) => work.then(() => 'succeeded', databaseCodeOf)

/** Ann's row of a table once more, as anyone may try to put it there. */
const insertAnns = (table: string, row = annsRows[`colloquy.${table}`]?.[0]) =>
  ({
    text: `insert into colloquy.${table} select (jsonb_populate_record(null::colloquy.${table}, $1::text::jsonb)).*`,
    values: [row],
  }) as const

async function expectNothing(begin: string[]) {
  for (const table of tenantTables) {
    const name = `colloquy.${table}`
    const counted = await tried(begin, async connection => ({
      table,
      read: (await connection.query(`select from ${name}`)).length,
      updated: (await connection.query(`update ${name} set user_id = user_id returning 1`)).length,
      deleted: (await connection.query(`delete from ${name} returning 1`)).length,
    }))
    expect(counted).toEqual({ table, read: 0, updated: 0, deleted: 0 })
    const { text, values } = insertAnns(table)
    const inserted = tried(begin, connection => connection.query(text, [...values]))
    expect([table, await codeOf(inserted)]).toEqual([table, insufficientPrivilege])
  }
}

// The first in this file: on the embedded engine's one connection a user that was bound once leaves an empty text.
describe('a connection on which no user was ever bound', () => {
  test('sees, changes and takes away nothing, and can put nothing anywhere', async () => {
    const [setting] = await tried(unset, connection =>
      connection.query<{ user: string | null }>(`select current_setting('app.user_id', true) as user`),
    )
    expect(setting).toEqual({ user: null })
    await expectNothing(unset)
  })
})

describe('a connection whose user is the empty text, as one that was bound before', () => {
  test('sees, changes and takes away nothing, and can put nothing anywhere', async () => {
    const [setting] = await tried(empty, connection =>
      connection.query<{ user: string }>(`select current_setting('app.user_id', true) as user`),
    )
    expect(setting).toEqual({ user: '' })
    await expectNothing(empty)
  })

  test('cannot put rows of nobody anywhere either', async () => {
    for (const table of tenantTables) {
      const row = JSON.stringify({ ...JSON.parse(annsRows[`colloquy.${table}`]?.[0] ?? ''), user_id: '' })
      const { text, values } = insertAnns(table, row)
      const inserted = tried(empty, connection => connection.query(text, [...values]))
      expect([table, await codeOf(inserted)]).toEqual([table, checkViolation])
    }
  })
})

describe('every table of tenants', () => {
  test('is known here to be one, with rows of two users to tell apart', async () => {
    expect(tenantTables).toHaveLength((await tablesOf('colloquy')).length - untenanted.length)
    for (const table of tenantTables) {
      const users = await database.db.query(
        `select user_id, count(*)::int as count from colloquy.${table} group by 1 order by 1`,
      )
      expect(users, table).toMatchObject([{ user_id: 'ann' }, { user_id: 'bob' }])
    }
  })

  test('has row-level security, also for its owner, with the one policy of the server', async () => {
    const found = await database.db.query<{ name: string; forced: boolean; policies: string[] }>(
      `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
              (select json_agg(format('%s %s %s', p.polname, p.polroles::regrole[], pg_get_expr(p.polqual, p.polrelid))
                 order by p.polname) from pg_policy p where p.polrelid = c.oid and p.polname <> 'sweep') as policies
         from pg_class c where c.relnamespace = 'colloquy'::regnamespace and c.relkind in ('r', 'p') order by 1`,
    )
    const own = `own {colloquy_server} (user_id = current_setting('app.user_id'::text, true))`
    expect(found.filter(({ name }) => !untenanted.includes(name))).toEqual(
      tenantTables.map(name => ({ name, forced: true, policies: [own] })),
    )
  })

  test('begins its primary key with the user, as does every reference; each other key has the user in it', async () => {
    const keys = await database.db.query<{ table: string; type: string; columns: string[] }>(
      `select c.conrelid::regclass::text as table, c.contype::text as type,
              (select json_agg(a.attname order by k.n) from unnest(c.conkey) with ordinality k (attnum, n)
                 join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum) as columns
         from pg_constraint c where c.connamespace = 'colloquy'::regnamespace and c.contype in ('p', 'f', 'u')`,
    )
    const ofTenants = keys.filter(({ table }) => tenantTables.includes(table.replace('colloquy.', '')))
    expect(ofTenants.filter(key => key.type === 'p')).toHaveLength(tenantTables.length)
    expect(ofTenants.filter(key => key.type === 'f').length).toBeGreaterThan(2)
    const isTenants = ({ type, columns }: (typeof keys)[number]) =>
      type === 'u' ? columns.includes('user_id') : columns[0] === 'user_id'
    expect(ofTenants.filter(key => !isTenants(key))).toEqual([])
  })

  test('shows, gives up and takes only the rows of the bound user', async () => {
    for (const table of tenantTables) {
      const name = `colloquy.${table}`
      const touched = await tried(asBob, async connection => {
        const users = (rows: { user_id: string }[]) => [...new Set(rows.map(row => row.user_id))]
        return {
          table,
          read: users(await connection.query(`select user_id from ${name}`)),
          readAnns: (await connection.query(`select from ${name} where user_id = 'ann'`)).length,
          updated: users(await connection.query(`update ${name} set user_id = user_id returning user_id`)),
          deleted: users(await connection.query(`delete from ${name} returning user_id`)),
        }
      })
      expect(touched).toEqual({ table, read: ['bob'], readAnns: 0, updated: ['bob'], deleted: ['bob'] })
      const { text, values } = insertAnns(table)
      const attempts: [statement: string, values: unknown[]][] = [
        [text, [...values]],
        [`${text} on conflict do nothing`, [...values]],
        [`update ${name} set user_id = 'ann'`, []],
        [`truncate ${name} cascade`, []],
      ]
      for (const [statement, given] of attempts) {
        const attempt = tried(asBob, connection => connection.query(statement, given))
        expect([statement, await codeOf(attempt)]).toEqual([statement, insufficientPrivilege])
      }
    }
  })

  test('is left as it was by all of this', async () => {
    expect(await rowsOf(database.db, 'ann')).toEqual(annsRows)
  })
})

test('who has been erased is shown to nobody else', async () => {
  const bury = `insert into colloquy.erased_users (user_id) values ('zoe')`
  for (const begin of [asBob, empty]) {
    const seen = tried([bury, ...begin], connection => connection.query('select from colloquy.erased_users'))
    expect(await seen).toEqual([])
  }
})

test('a row cannot be attached to what another user has', async () => {
  const attach = {
    turn: [
      `insert into colloquy.turns (user_id, id, conversation_id, turn_no, live, status, context)
       values ('bob', gen_random_uuid(), $1, 99, true, 'completed', '{}')`,
      ann.conversation,
    ],
    movedTurn: [`update colloquy.turns set conversation_id = $1 where turn_no = 1`, ann.conversation],
    message: [
      `insert into colloquy.messages (user_id, conversation_id, seq, id, turn_id, role, content, live)
       values ('bob', $1, 99, gen_random_uuid(), gen_random_uuid(), 'user', 'Let me in', true)`,
      ann.conversation,
    ],
    movedMessage: [`update colloquy.messages set conversation_id = $1 where seq = 1`, ann.conversation],
    toolCall: [
      `insert into colloquy.tool_calls (user_id, turn_id, step, position, id, provider_call_id, name, arguments, status, effect)
       values ('bob', $1, 9, 0, gen_random_uuid(), 'c', 'add_task', '{}', 'pending', 'none')`,
      ann.running,
    ],
  }
  for (const [what, [text = '', id]] of Object.entries(attach)) {
    const attempt = tried(asBob, connection => connection.query(text, [id]))
    expect([what, await codeOf(attempt)]).toEqual([what, foreignKeyViolation])
  }
})

describe('the roles', () => {
  const privileges = ['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']

  /** `schema.table: privileges` for every table the role has any on. */
  async function grantsOf(role: string): Promise<Record<string, string[]>> {
    const rows = await database.db.query<{ name: string; privilege: string }>(
      `select c.relnamespace::regnamespace || '.' || c.relname as name, p as privilege
         from pg_class c cross join unnest(string_to_array($2, ',')) p
        where c.relnamespace in ('colloquy'::regnamespace, 'auth'::regnamespace) and c.relkind in ('r', 'p')
          and (has_table_privilege($1, c.oid, p) or (p in ('select', 'insert', 'update', 'references')
               and has_any_column_privilege($1, c.oid, p)))
        order by 1, array_position(string_to_array($2, ','), p)`,
      [role, privileges.join(',')],
    )
    const grants: Record<string, string[]> = {}
    for (const { name, privilege } of rows) grants[name] = [...(grants[name] ?? []), privilege]
    return grants
  }

  test('of the server reaches the tables of tenants and nothing else', async () => {
    const expected = tenantTables.map(name => [`colloquy.${name}`, ['select', 'insert', 'update', 'delete']])
    expect(await grantsOf('colloquy_server')).toEqual({
      ...Object.fromEntries(expected),
      'colloquy.erased_users': ['select'],
    })
  })

  test('of the sweep across users reaches no content of any user but running turns', async () => {
    expect(await grantsOf('colloquy_sweeper')).toEqual({
      'colloquy.conversations': ['select'], // of five columns, below
      'colloquy.erased_users': ['select', 'insert', 'update'],
      'colloquy.idempotency_keys': ['select', 'delete'],
      'colloquy.instances': ['select', 'insert', 'update', 'delete'],
      'colloquy.reminders': ['select'],
      'colloquy.turn_deltas': ['select', 'insert', 'delete'],
      'colloquy.turns': ['select', 'update'],
      'colloquy.user_changes': ['select'],
    })
    const columns = await database.db.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = 'colloquy.conversations'::regclass and attnum > 0
          and has_column_privilege('colloquy_sweeper', attrelid, attnum, 'select') order by 1`,
    )
    expect(columns.map(({ name }) => name)).toEqual([
      ...['active_turn', 'awaiting_turn', 'id', 'updated_at', 'user_id'],
    ])
    for (const table of ['messages', 'tasks', 'task_counters', 'tool_calls']) {
      const read = tried(['set local role colloquy_sweeper'], connection =>
        connection.query(`select from colloquy.${table}`),
      )
      expect([table, await codeOf(read)]).toEqual([table, insufficientPrivilege])
    }
  })

  test('of the accounts reaches the accounts alone, of which no other role has any', async () => {
    expect(await tablesOf('auth')).toEqual(authTables)
    expect(Object.keys(await grantsOf('colloquy_auth'))).toEqual(authTables.map(name => `auth.${name}`))
    expect(Object.keys(await grantsOf('public'))).toEqual([])
  })

  test('own nothing and stand above no policy', async () => {
    const roles = await database.db.query(
      `select rolname as name, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolcanlogin as mighty,
              (select count(*)::int from pg_class where relowner = r.oid) as owned
         from pg_roles r where rolname in ('colloquy_server', 'colloquy_sweeper', 'colloquy_auth') order by 1`,
    )
    expect(roles).toEqual(
      ['colloquy_auth', 'colloquy_server', 'colloquy_sweeper'].map(name => ({
        name,
        mighty: false,
        owned: 0,
      })),
    )
  })
})

describe('the SQL functions', () => {
  interface SqlFunction {
    name: string
    source: string
    definer: boolean
  }
  const listFunctions = () =>
    database.db.query<SqlFunction>(
      `select proname as name, prosrc as source, prosecdef as definer from pg_proc
        where pronamespace = 'colloquy'::regnamespace order by 1`,
    )

  /** Parts of others, called with a user already bound. Here bound to Bob, with what Ann has: null for each that looks. */
  const callsOfParts: Record<string, (own: Own) => [text: string, values: unknown[]]> = {
    history_v1: own => [`history_v1('ann', $1, 99, 40)`, [own.conversation]],
    calls_of_v1: own => [`calls_of_v1('ann', $1)`, [own.running]],
    owned_turn_v1: own => [`owned_turn_v1('ann', $1, 40)`, [own.running]],
    settle_awaiting_v1: own => [`settle_awaiting_v1('ann', $1, 'approved')`, [own.running]],
    continue_calls_v1: own => [`continue_calls_v1('ann', $1, $2)`, [own.first, own.running]],
    start_next_v1: own => [`start_next_v1('ann', $1, $2, 40)`, [own.conversation, own.owner]],
    start_next_v2: own => [`start_next_v2('ann', $1, $2, 40)`, [own.conversation, own.owner]],
    tell_reminder_v1: own => [`tell_reminder_v1('ann', $1, $2)`, [own.conversation, own.running]],
    own_table: () => [`own_table('colloquy.tasks')`, []],
    lock_reminders_conversation_v1: () => [`lock_reminders_conversation_v1('ann')`, []],
    lock_conversation_of_v1: own => [`lock_conversation_of_v1('ann', $1)`, [own.running]],
    as_uuid_v1: () => [`as_uuid_v1('ann')`, []],
    named_conversation_v1: own => [`named_conversation_v1('ann', $1)`, [own.conversation]],
    named_turn_v1: own => [`named_turn_v1('ann', $1, $2)`, [own.conversation, own.first]],
    made_by_key_v1: () => [`made_by_key_v1('ann', 'rest:k', 'h')`, []],
    take_turn_v1: () => [`take_turn_v1('ann', '{"turns_per_minute": 60}')`, []],
    add_usage_v1: () => [`add_usage_v1('ann', 'offline', 1, null, '{"input_tokens": 1}')`, []],
    summary_work_v1: own => [`summary_work_v1('ann', $1, 40)`, [own.running]],
    describe_turns_v1: own => [`describe_turns_v1('ann', array[$1]::uuid[])`, [own.first]],
  }

  test('run with the rights of the caller, and each binds a user, sweeps, or is a part that is listed here', async () => {
    const functions = await listFunctions()
    expect(functions.length).toBeGreaterThan(20)
    expect(functions.filter(({ definer }) => definer)).toEqual([])
    const first = (source: string) => /begin\s+(.+?;)/s.exec(source)?.[1]
    const others = functions.filter(
      ({ source }) =>
        first(source) !== 'perform colloquy.act_as(_user);' &&
        first(source) !== 'set local role colloquy_sweeper;',
    )
    expect(others.map(({ name }) => name)).toEqual(['act_as', ...Object.keys(callsOfParts)].toSorted())
  })

  test('that are parts find and change nothing of another than the bound user', async () => {
    for (const [name, callOf] of Object.entries(callsOfParts)) {
      const [text, values] = callOf(ann)
      const outcome = await tried(asBob, connection =>
        connection.query<{ result: unknown }>(`select colloquy.${text} as result`, values),
      ).then(([row]) => row?.result || null, databaseCodeOf)
      expect([null, insufficientPrivilege], name).toContain(outcome)
    }
    expect(await rowsOf(database.db, 'ann')).toEqual(annsRows)
  })
})

/** A store function put to use on what Ann has. */
interface Use<By> {
  run: (by: By & { own: Own }) => Promise<unknown>
  /** What comes of it: a value, or the code of the error. */
  comes: unknown
}

const fields = { title: 'Let me in' }
const filter = { timeZone: 'UTC' }
const inner = randomUUID()

const annsKey = { userId: 'ann', key: 'rest:k', requestHash: 'h' }

/** Functions that work under whatever user is bound: here none, with every argument naming Ann and hers. */
const underTheBound: Record<string, Use<{ tx: Tx; task: Task }>> = {
  pageConversations: {
    run: ({ tx }) => conversations.pageConversations(tx, 'ann', { ...everyConversation, search: undefined }),
    comes: [],
  },
  findConversation: {
    run: ({ tx, own }) => conversations.findConversation(tx, 'ann', own.conversation),
    comes: undefined,
  },
  requireConversation: {
    run: ({ tx, own }) => conversations.requireConversation(tx, 'ann', own.conversation),
    comes: 'conversation_not_found',
  },
  requireActivity: {
    run: ({ tx, own }) => conversations.requireActivity(tx, 'ann', own.conversation),
    comes: 'conversation_not_found',
  },
  insertConversation: {
    run: ({ tx }) => conversations.insertConversation(tx, 'ann', { id: inner, title: 'Mine now' }),
    comes: insufficientPrivilege,
  },
  updateConversation: {
    run: ({ tx, own }) =>
      conversations.updateConversation(tx, 'ann', {
        id: own.conversation,
        title: 'Mine now',
        archived: true,
      }),
    comes: 'conversation_not_found',
  },
  deleteConversation: {
    run: ({ tx, own }) => conversations.deleteConversation(tx, 'ann', own.conversation),
    comes: 'conversation_not_found',
  },
  pageMessages: {
    run: ({ tx, own }) =>
      messages.pageMessages(tx, 'ann', {
        conversationId: own.conversation,
        before: undefined,
        after: undefined,
        limit: 9,
      }),
    comes: [],
  },
  listUsage: {
    run: ({ tx }) => listUsage(tx, 'ann', { from: new Date(0), until: new Date('2999-01-01') }),
    comes: [],
  },
  listToolCalls: {
    run: ({ tx, own }) => messages.listToolCalls(tx, 'ann', [own.first, own.running]),
    comes: [],
  },
  listCallsOf: {
    run: ({ tx, own }) =>
      messages.listCallsOf(tx, 'ann', { conversationId: own.conversation, ids: [own.call] }),
    comes: [],
  },
  describeTurns: { run: ({ tx, own }) => externalIds.describeTurns(tx, 'ann', [own.first]), comes: [] },
  pageTurns: {
    run: ({ tx, own }) =>
      turnList.pageTurns(tx, 'ann', {
        conversationId: own.conversation,
        status: undefined,
        after: 0,
        limit: 9,
      }),
    comes: [],
  },
  findListedTurn: { run: ({ tx, own }) => turnList.findListedTurn(tx, 'ann', own.first), comes: undefined },
  listVersions: {
    run: async ({ tx, own }) => {
      // A turn of hers that someone got hold of elsewhere; only these two fields of it are looked at.
      const turn = { conversationId: own.conversation, parentTurn: null } as turnList.ListedTurn['turn']
      return turnList.listVersions(tx, 'ann', {
        ...{ turn, message: '', response: null, feedback: null, calls: [] },
      })
    },
    comes: [],
  },
  findUserSettings: {
    run: ({ tx }) => settings.findUserSettings(tx, 'ann'),
    comes: { timeZone: null, locale: null },
  },
  updateUserSettings: {
    run: ({ tx }) => settings.updateUserSettings(tx, 'ann', { locale: 'en' }),
    comes: insufficientPrivilege,
  },
  findTimeZone: { run: ({ tx }) => settings.findTimeZone(tx, 'ann'), comes: 'UTC' },
  countTaskChange: { run: ({ tx }) => changes.countTaskChange(tx, 'ann'), comes: insufficientPrivilege },
  countDeletedConversation: {
    run: ({ tx }) => changes.countDeletedConversation(tx, 'ann'),
    comes: insufficientPrivilege,
  },
  lockCounter: { run: ({ tx }) => completion.lockCounter(tx, 'ann'), comes: undefined },
  insertReminder: {
    run: ({ tx }) =>
      reminders.insertReminder(tx, 'ann', {
        taskId: 7,
        remindAt: new Date('2999-01-01T00:00:00Z'),
        minutesBefore: 60,
        ...{ conversationId: undefined, timeZone: undefined, locale: undefined },
      }),
    comes: 'task_not_found',
  },
  cancelTaskReminders: {
    run: ({ tx }) => reminders.cancelTaskReminders(tx, 'ann', 7),
    comes: 'task_not_found',
  },
  cancelReminder: {
    run: ({ tx, own }) => reminders.cancelReminder(tx, 'ann', own.reminder),
    comes: 'reminder_not_found',
  },
  listScheduled: { run: ({ tx }) => reminders.listScheduled(tx, 'ann', 9), comes: [] },
  pageReminders: {
    run: ({ tx }) => reminders.pageReminders(tx, 'ann', { status: undefined, after: undefined, limit: 9 }),
    comes: [],
  },
  moveReminders: { run: ({ tx, task }) => moveReminders(tx, task, task.createdAt), comes: undefined },
  inheritReminders: {
    run: ({ tx, task }) => inheritReminders(tx, task, { ...task, dueDate: new Date('2999-01-01T00:00:00Z') }),
    comes: undefined,
  },
  putFeedback: {
    run: ({ tx, own }) =>
      feedback.putFeedback(tx, 'ann', { turnId: own.running, value: 'negative', comment: null }),
    comes: insufficientPrivilege,
  },
  deleteFeedback: { run: ({ tx, own }) => feedback.deleteFeedback(tx, 'ann', own.first), comes: undefined },
  listFeedback: { run: ({ tx, own }) => feedback.listFeedback(tx, 'ann', [own.first]), comes: new Map() },
  findOrTakeKey: {
    run: ({ tx }) => idempotencyKeys.findOrTakeKey(tx, annsKey),
    comes: insufficientPrivilege,
  },
  keepResult: { run: ({ tx }) => idempotencyKeys.keepResult(tx, annsKey, {}), comes: undefined },
  findTask: { run: ({ tx }) => tasks.findTask(tx, 'ann', 7), comes: undefined },
  requireTask: { run: ({ tx }) => tasks.requireTask(tx, 'ann', 7), comes: 'task_not_found' },
  lockTask: { run: ({ tx }) => tasks.lockTask(tx, 'ann', 7), comes: 'task_not_found' },
  insertTask: { run: ({ tx }) => tasks.insertTask(tx, 'ann', fields), comes: insufficientPrivilege },
  insertNumbered: {
    run: ({ tx }) => tasks.insertNumbered(tx, { userId: 'ann', ...fields }),
    comes: insufficientPrivilege,
  },
  updateTask: { run: ({ tx }) => tasks.updateTask(tx, 'ann', { id: 7, fields }), comes: 'task_not_found' },
  writeTask: { run: ({ tx, task }) => tasks.writeTask(tx, task, fields), comes: 'A locked task is gone' },
  deleteTask: { run: ({ tx }) => tasks.deleteTask(tx, 'ann', 7), comes: 'task_not_found' },
  completeTask: { run: ({ tx }) => completion.completeTask(tx, 'ann', 7), comes: 'task_not_found' },
  reopenTask: { run: ({ tx }) => completion.reopenTask(tx, 'ann', 7), comes: 'task_not_found' },
  toggleTask: { run: ({ tx }) => completion.toggleTask(tx, 'ann', 7), comes: 'task_not_found' },
  pageTasks: {
    run: ({ tx }) =>
      pageTasks(tx, 'ann', {
        filter,
        order: { sort: 'title', direction: 'asc' },
        limit: 9,
        after: undefined,
      }),
    comes: { tasks: [], next: undefined },
  },
  countTasks: { run: ({ tx }) => countTasks(tx, 'ann', filter), comes: 0 },
}

const everyConversation = { archived: 'true' as const, after: undefined, limit: 99 }

const fenceOf = (user: string, own: Own): turns.Fence => ({
  userId: user,
  turnId: own.running,
  owner: own.owner,
  epoch: 1,
})

const taken: toolCalls.CallOutcome = { status: 'completed', result: { taken: true } }

/** Functions that bind the user they are given: here Bob, and nobody, with everything else as Ann's own server has it. */
const bindingTheirUser: Record<string, Use<{ user: string }>> = {
  acceptTurn: {
    run: ({ user, own }) => acceptTurn(database.db, acceptanceOf(user, own)),
    comes: { outcome: 'not_found' },
  },
  findNamed: {
    run: ({ user, own }) => externalIds.findNamed(database.db, user, own.conversation),
    comes: null,
  },
  describeTurn: {
    run: ({ user, own }) => externalIds.describeTurn(database.db, user, own.first),
    comes: null,
  },
  findRun: {
    run: ({ user, own }) =>
      externalIds.findRun(database.db, user, {
        ...{ conversation: own.conversation, key: 'ag-ui:k', messages: [own.first], after: own.first },
      }),
    comes: { conversation: null, made: null, known: [], next: null, asking: [] },
  },
  findDueReminder: {
    run: ({ user, own }) => findDueReminder(database.db, { userId: user, id: own.reminder }, 60),
    comes: null,
  },
  fireReminder: {
    run: ({ user, own }) =>
      fireReminder(
        database.db,
        { userId: user, id: own.reminder },
        {
          seen: '2026-01-01T00:00:00Z',
          late: false,
          context: { now: '2026-01-01T00:00:00Z', time_zone: 'UTC', locale: 'en', reminder: 'Mine' },
          turnId: randomUUID(),
        },
      ),
    comes: { outcome: 'gone' },
  },
  journalStep: {
    run: ({ user, own }) =>
      turns.journalStep(database.db, fenceOf(user, own), {
        parts: [{ type: 'text', step: 1, text: 'Mine' }],
        calls: [],
        usage: { input_tokens: 1, output_tokens: 1 },
        model: 'offline',
      }),
    comes: false,
  },
  finishTurn: {
    run: ({ user, own }) =>
      turns.finishTurn(database.db, fenceOf(user, own), {
        conversationId: own.conversation,
        status: 'completed',
        messageId: randomUUID(),
        content: 'Mine',
        parts: undefined,
        usage: { input_tokens: 1, output_tokens: 1 },
        model: 'offline',
        error: undefined,
        nextOwner: own.owner,
        historyMessages: 40,
      }),
    comes: { finished: false },
  },
  findStanding: {
    run: ({ user }) => findStanding(database.db, user, { ...someLimits, tokenBudget: 5 }),
    comes: expect.objectContaining({ used: expect.toSatisfy(used => used !== annsTokens) }),
  },
  findSummary: {
    run: ({ user, own }) => summaries.findSummary(database.db, user, own.conversation),
    comes: null,
  },
  startSummary: {
    run: ({ user, own }) =>
      summaries.startSummary(database.db, {
        ...{ userId: user, conversationId: own.conversation, turnId: randomUUID(), owner: own.owner },
        ...{ context: { now: '', time_zone: 'UTC', locale: 'en' }, until: 4, least: 0 },
      }),
    comes: null,
  },
  takeUpSummary: {
    run: ({ user, own }) =>
      summaries.takeUpSummary(database.db, { userId: user, turnId: own.summing, owner: own.owner }),
    comes: null,
  },
  finishSummary: {
    run: ({ user, own }) =>
      summaries.finishSummary(
        database.db,
        { ...fenceOf(user, own), turnId: own.summing },
        {
          ...{ conversationId: own.conversation, status: 'completed', model: 'offline' },
          summary: { content: 'Mine', covers_until: 2, last_turn: own.first },
          usage: { input_tokens: 1, output_tokens: 1 },
        },
      ),
    comes: false,
  },
  takeUpTurn: {
    run: ({ user, own }) =>
      turns.takeUpTurn(database.db, { userId: user, turnId: own.running, owner: own.owner }, 40),
    comes: null,
  },
  findTurn: { run: ({ user, own }) => turns.findTurn(database.db, user, own.running), comes: null },
  cancelTurn: {
    run: ({ user, own }) => steering.cancelTurn(database.db, { userId: user, turnId: own.running }),
    comes: null,
  },
  listLastDeltas: { run: ({ user, own }) => listLastDeltas(database.db, user, own.running), comes: [] },
  editQueuedTurn: {
    run: ({ user, own }) =>
      steering.editQueuedTurn(database.db, { userId: user, turnId: own.running }, 'Mine'),
    comes: false,
  },
  switchHead: {
    run: ({ user, own }) =>
      steering.switchHead(database.db, { userId: user, turnId: own.first }, own.conversation),
    comes: { outcome: 'not_found' },
  },
  forgetConversation: {
    run: ({ user, own }) => forgetConversation(database.db, { userId: user, id: own.conversation }, 0),
    comes: false,
  },
  exportUser: {
    run: async ({ user, own }) => {
      let text = ''
      for await (const piece of exportUser(database.db, user, null)) text += piece
      return text.includes(own.conversation)
    },
    comes: false,
  },
  countOfUser: {
    run: async () => (await countOfUser(database.db, 'nobody')).turns,
    comes: 0,
  },
  isKnownUser: {
    run: () => isKnownUser(database.db, 'nobody'),
    comes: false,
  },
  beginCall: {
    run: ({ user, own }) => toolCalls.beginCall(database.db, fenceOf(user, own), own.call),
    comes: false,
  },
  finishCall: {
    run: ({ user, own }) =>
      toolCalls.finishCall(database.db, fenceOf(user, own), { callId: own.call, ...taken }),
    comes: null,
  },
  beginCallIn: {
    run: ({ user, own }) =>
      withUser(database.db, user, tx => toolCalls.beginCallIn(tx, fenceOf(user, own), own.call)),
    comes: 'The turn belongs to another instance now',
  },
  finishCallIn: {
    run: ({ user, own }) =>
      withUser(database.db, user, tx =>
        toolCalls.finishCallIn(tx, fenceOf(user, own), { callId: own.call, ...taken }),
      ),
    comes: 'The turn belongs to another instance now',
  },
  decideCall: {
    run: ({ user, own }) =>
      toolCalls.decideCall(database.db, {
        userId: user,
        callId: own.call,
        approved: true,
        owner: own.owner,
        historyMessages: 40,
      }),
    comes: { outcome: 'not_found' },
  },
  resolveCall: {
    run: ({ user, own }) =>
      toolCalls.resolveCall(database.db, {
        userId: user,
        callId: own.call,
        resolution: 'mark_done',
        staleSeconds: 0,
      }),
    comes: { outcome: 'not_found' },
  },
  finishRetry: {
    run: ({ user, own }) => toolCalls.finishRetry(database.db, user, { callId: own.call, ...taken }),
    comes: false,
  },
}

const annsTokens = 'ann'.charCodeAt(0)
const someLimits = { turnsPerMinute: 60, tokenBudget: 0, budgetWindowHours: 24, tokensReservedPerTurn: 10 }

const acceptanceOf = (userId: string, own: Own): Acceptance => ({
  userId,
  idempotency: { key: `rest:${userId}`, hash: 'h' },
  conversationId: own.conversation,
  newConversationId: randomUUID(),
  title: 'Mine now',
  targetTurnId: undefined,
  turnId: randomUUID(),
  messageId: randomUUID(),
  content: 'Let me in',
  context: { time_zone: 'UTC', locale: 'en' },
  ifBusy: 'enqueue',
  verdict: 'approved',
  owner: own.owner,
  historyMessages: 40,
  queueLimit: 9,
})

/** Work across users under the sweeper's role, whose grants are above. */
const sweeping = [
  'renewLease',
  'claimTurns',
  'listHeldTurns',
  'beginErasure',
  'eraseBatch',
  'listUnfinishedErasures',
  'countOpenTurns',
  'listOpenTurns',
  'listKnownUsers',
  'listIdleConversations',
  'forgetInstances',
  'releaseInstance',
  'forgetKeys',
  'flushDeltas',
  'followTurns',
  'forgetDeltas',
  'listDueReminders',
  'readUserNews',
]

/** Without a database: they read and write values, or say what a query is to ask. */
const withoutDatabase = [
  'TurnLost',
  'anchorDayOf',
  'at',
  'conditionOf',
  'fenced',
  'isAfter',
  'keyOf',
  'laterThan',
  'limitsArgument',
  'nextDueDate',
  'optionally',
  'orderBy',
  'readCursor',
  'readDueDate',
  'timeBefore',
  'viewTask',
  'wordOf',
  'writeCursor',
]

describe('the functions of the store', () => {
  test('are all put to use here', async () => {
    const folder = new URL('../server/store/', import.meta.url)
    const modules = await Promise.all(readdirSync(folder).map(file => import(new URL(file, folder).pathname)))
    const exported = modules.flatMap(module =>
      Object.entries(module).flatMap(([name, value]) => (typeof value === 'function' ? [name] : [])),
    )
    expect(exported.length).toBeGreaterThan(50)
    const known = [underTheBound, bindingTheirUser].flatMap(uses => Object.keys(uses))
    expect(exported.toSorted()).toEqual([...known, ...sweeping, ...withoutDatabase].toSorted())
  })

  /** A value as it comes, an error as its code or else its message. */
  const outcomeOf = (work: Promise<unknown>) =>
    work.catch(error => databaseCodeOf(error) ?? (error.code as string | undefined) ?? error.message)

  const inTransaction = (begin: string[], work: (tx: Tx) => Promise<unknown>) =>
    database.db.orm.transaction(async tx => {
      for (const statement of begin) await tx.execute(sql.raw(statement))
      return work(tx)
    })

  const annsTask = () =>
    withUser(database.db, 'ann', async tx => {
      const task = await tasks.findTask(tx, 'ann', 7)
      if (!task) throw new Error('Ann has no task')
      return task
    })

  test.each([
    ['no user', empty],
    ['another user', asBob],
  ])('get and change nothing with %s bound', async (_, begin) => {
    const task = await annsTask()
    for (const [name, { run, comes }] of Object.entries(underTheBound)) {
      const outcome = await outcomeOf(inTransaction(begin, tx => run({ tx, own: ann, task })))
      expect([name, outcome]).toEqual([name, comes])
    }
    expect(await rowsOf(database.db, 'ann')).toEqual(annsRows)
  })

  test.each(['bob', ''])('get and change nothing of another for the user %j', async user => {
    for (const [name, { run, comes }] of Object.entries(bindingTheirUser)) {
      const outcome = await outcomeOf(run({ user, own: ann }))
      expect([name, outcome]).toEqual([name, comes])
    }
    expect(await rowsOf(database.db, 'ann')).toEqual(annsRows)
  })

  test('a new conversation of nobody cannot be', async () => {
    const acceptance = { ...acceptanceOf('', ann), conversationId: undefined, idempotency: undefined }
    expect(await codeOf(acceptTurn(database.db, acceptance))).toBe(checkViolation)
  })

  test('get what is there with the right user: the refusals above are not for another reason', async () => {
    expect(await findStanding(database.db, 'ann', someLimits)).toMatchObject({ used: annsTokens })
    const task = await annsTask()
    const bound = [`select colloquy.act_as('ann')`]
    for (const name of ['findConversation', 'findTask', 'findListedTurn', 'requireTask', 'lockTask']) {
      const outcome = inTransaction(bound, async tx => underTheBound[name]?.run({ tx, own: ann, task }))
      expect([name, await outcome]).toEqual([name, expect.any(Object)])
    }
    const fence = fenceOf('ann', ann)
    expect(await turns.findTurn(database.db, 'ann', ann.running)).toMatchObject({ status: 'running' })
    expect(await turns.takeUpTurn(database.db, fence, 40)).toMatchObject({ id: ann.running })
    expect(await toolCalls.beginCall(database.db, fence, ann.call)).toBe(true)
    expect(await toolCalls.finishCall(database.db, fence, { callId: ann.call, ...taken })).toEqual(
      expect.any(String),
    )
  })
})
