import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { describe, expect, test } from 'vitest'
import { openPostgres } from '../../server/db/postgres.ts'
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts'
import { runToEnd, temporaryFolder } from '../support/run-command.ts'
import { clientOf, type Place, startServerProcess, testSecret } from '../support/server.ts'

/** Where server and tools of one version lie together, as Debian and Postgres' own packages install them. */
const bin = installations().find(path =>
  ['initdb', 'postgres', 'pg_dump', 'pg_restore', 'psql'].every(name => existsSync(join(path, name))),
)
if (!bin) console.log('Skipped: no Postgres with pg_dump is installed (apt-get install postgresql)')

describe.skipIf(!bin)('a backup', () => {
  test('restored into a fresh cluster is the same, and everyone goes on', { timeout: 180_000 }, async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'backup')
    await using first = await startPostgresServer([], bin)
    const from = await placeOn(first)
    const before = await liveALittle(from)
    await run('backup.sh', file, from.environment.DATABASE_URL)

    await using second = await startPostgresServer([], bin)
    const to = await placeOn(second)
    await run('restore.sh', file, to.environment.DATABASE_URL)
    expect(await contentsOf(to)).toEqual(await contentsOf(from))
    expect(await wallsOf(to)).toEqual(await wallsOf(from))
    await using server = await startServerProcess(to)
    const ann = await clientOf(server, 'ann')
    expect((await ann.call('GET', '/tasks')).body).toEqual(before.tasks)
    const session = await fetch(`${server.url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: server.url },
      body: JSON.stringify(before.account),
    })
    expect(session.status).toBe(200)
    const said = await ann.say('Mark task 1 as done', before.conversationId)
    expect(said).toMatchObject({ status: 200, body: { tool_calls: [{ status: 'completed' }] } })
    const settings = {
      DATABASE_URL: to.environment.DATABASE_URL ?? '',
      BETTER_AUTH_SECRET: testSecret,
      PORT: '0',
    }
    expect(await runToEnd(folder.path, ['doctor'], settings)).toMatchObject({ code: 0 })
  })

  test('is refused where something is already', async () => {
    using folder = temporaryFolder()
    await using cluster = await startPostgresServer([], bin)
    const { environment } = await placeOn(cluster)
    const sql = postgres(environment.DATABASE_URL ?? '', { max: 1, onnotice: () => {} })
    await sql.unsafe('create schema colloquy')
    await sql.end()
    const restoring = run('restore.sh', join(folder.path, 'none'), environment.DATABASE_URL)
    await expect(restoring).rejects.toThrow(/restore into an empty one/)
  })
})

function installations(): string[] {
  const root = '/usr/lib/postgresql'
  const found = existsSync(root) ? readdirSync(root).map(version => join(root, version, 'bin')) : []
  return found.toSorted().toReversed()
}

async function run(script: string, file: string, url: string | undefined): Promise<void> {
  const path = join(import.meta.dirname, '../../deploy', script)
  await promisify(execFile)('bash', [path, file, url ?? ''], {
    env: { PATH: process.env.PATH, PG_BIN: bin },
  })
}

async function placeOn(cluster: PostgresServer): Promise<Place> {
  const admin = postgres(`${cluster.url}/postgres`, { max: 1, onnotice: () => {} })
  await admin.unsafe('create database colloquy')
  await admin.end()
  return { environment: { DATABASE_URL: `${cluster.url}/colloquy` }, [Symbol.asyncDispose]: async () => {} }
}

/** An account, a conversation and two tasks. */
async function liveALittle(place: Place) {
  await using server = await startServerProcess(place)
  const account = { email: 'ann@example.com', password: 'correct horse battery' }
  await fetch(`${server.url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify({ ...account, name: 'Ann' }),
  })
  const ann = await clientOf(server, 'ann')
  const said = await ann.say('Add a task to buy groceries')
  await ann.call('POST', '/tasks', { title: 'Call mother', due_date: '2030-01-01T10:00:00Z' })
  const tasks = (await ann.call('GET', '/tasks')).body
  expect(tasks).toHaveLength(2)
  server.child.kill('SIGTERM')
  await server.ended
  return { account, tasks, conversationId: String(said.body.conversation_id) }
}

/** All rows of all tables but those of running processes. */
function contentsOf(place: Place): Promise<Record<string, unknown>> {
  return asking(place, async query => {
    const tables = await query<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class c
        where c.relnamespace in ('colloquy'::regnamespace, 'auth'::regnamespace) and c.relkind = 'r'
          and c.relname not in ('instances', 'turn_deltas') order by 1`,
    )
    const contents: Record<string, unknown> = {}
    for (const { name } of tables) {
      contents[name] = await query(`select to_jsonb(t) as row from ${name} t order by to_jsonb(t)::text`)
    }
    return contents
  })
}

/** What keeps users apart: policies, forced security, and rights. */
const wallsOf = (place: Place) =>
  asking(place, async query => ({
    policies: await query('select * from pg_policies order by schemaname, tablename, policyname'),
    forced: await query(
      `select relname, relrowsecurity, relforcerowsecurity from pg_class
        where relnamespace = 'colloquy'::regnamespace and relkind = 'r' order by 1`,
    ),
    rights: await query(
      `select table_schema, table_name, grantee, privilege_type from information_schema.role_table_grants
        where grantee like 'colloquy%' order by 1, 2, 3, 4`,
    ),
    functions: await query(
      `select p.oid::regprocedure::text as name, md5(prosrc) as body, proacl::text from pg_proc p
        where pronamespace = 'colloquy'::regnamespace order by 1`,
    ),
  }))

async function asking<T>(
  { environment }: Place,
  work: (query: <Row>(text: string) => Promise<Row[]>) => Promise<T>,
): Promise<T> {
  const db = openPostgres({ url: environment.DATABASE_URL ?? '', poolSize: 1, connectTimeoutSeconds: 5 })
  try {
    return await work(text => db.query(text))
  } finally {
    await db.close()
  }
}
