import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { createApp } from '../server/app.ts'
import type { Config } from '../server/config.ts'
import { createContext } from '../server/context.ts'
import type { Database } from '../server/db/database.ts'
import { createLogger } from '../server/telemetry.ts'

/** One server in this process, on an embedded database of its own, whose clock stands where a scenario wants it. */
export interface Stage extends AsyncDisposable {
  readonly db: Database
  setClock(instant: string): Promise<void>
  enter(userId: string): Promise<Person>
}

/** Somebody with a token. `path` begins behind `/api/{user_id}`. */
export interface Person {
  readonly userId: string
  request(method: string, path: string, sent?: Sent): Promise<{ status: number; body: unknown }>
}

interface Sent {
  body?: unknown
  headers?: Record<string, string>
}

const secret = 'signs tokens of an evaluation, which nobody else can reach'

export async function openStage(given: Config): Promise<Stage> {
  await using opened = new AsyncDisposableStack()
  const dataDir = await mkdtemp(join(tmpdir(), 'colloquy-evaluation-'))
  opened.defer(() => rm(dataDir, { recursive: true, force: true }))
  const config: Config = {
    ...given,
    dataDir,
    databaseUrl: undefined,
    secret,
    // An answer is waited for however long the model may take.
    responseWaitSeconds: given.turnTimeoutSeconds,
  }
  const context = opened.use(await createContext(config, createLogger('silent')))
  const app = createApp(context)
  await installClock(context.db)
  const stack = opened.move()
  return {
    db: context.db,
    setClock: instant => setClock(context.db, instant),
    enter: userId => enter(app, userId),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/**
 * The server's clock is the database's. Here `now()` is found in a schema before the catalogue's: the turn's `now`, what
 * every model is told, "overdue" and the times of tasks all follow it, whichever model answers. The embedded database has
 * one connection, so its session's settings are everyone's.
 */
async function installClock(db: Database): Promise<void> {
  await db.script(`create schema evaluation;
    grant usage on schema evaluation to public;
    create function evaluation.now() returns timestamptz language sql stable
      as $$ select current_setting('evaluation.now')::timestamptz $$;
    create function evaluation.clock_timestamp() returns timestamptz language sql stable
      as $$ select evaluation.now() $$;
    set search_path = evaluation, pg_catalog, public;
    do $$ declare c record; begin
      for c in select table_name, column_name from information_schema.columns
                where table_schema = 'colloquy' and column_default ~ 'now\\(\\)' loop
        execute format('alter table colloquy.%I alter %I set default evaluation.now()', c.table_name, c.column_name);
      end loop;
    end $$`)
  await setClock(db, new Date().toISOString())
}

async function setClock(db: Database, instant: string): Promise<void> {
  await db.query(`select set_config('evaluation.now', $1, false)`, [instant])
}

async function enter(app: ReturnType<typeof createApp>, userId: string): Promise<Person> {
  const token = await new SignJWT({ email: `${userId}@example.com` })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))
  return {
    userId,
    async request(method, path, { body, headers = {} } = {}) {
      const answer = await app.request(`/api/${userId}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
    },
  }
}
