import { drizzle } from 'drizzle-orm/node-postgres'
import { Pool, type PoolClient } from 'pg'
import type { Connection, Database, Orm } from './database.ts'
import { isConnectionLost } from './failure.ts'
import { PostgresSession, SilenceWatch } from './postgres-session.ts'
import { repeat, requestPatienceMs } from './repeat.ts'
import { SharedConnections } from './shared-connections.ts'

export interface PostgresOptions {
  url: string
  poolSize: number
  connectTimeoutSeconds: number
  /** A connection that owes a response and is silent for this long is closed; 0: never. */
  silenceSeconds?: number
  /** Whether connections use prepared statements; `auto`: unless a pooler may switch server connections. */
  prepared?: 'auto' | 'on' | 'off'
}

/** The most prepared statements per connection; beyond that, statement texts are assumed to vary. */
const maxPrepared = 500
/** Longer than the server allows a user's transaction to live (see act_as): one given up here has also ended there. */
const defaultSilenceSeconds = 15
const keepAliveAfterMs = 10_000

/** A pool of connections to a real Postgres; opens none before the first query. */
export function openPostgres(options: PostgresOptions): Database {
  const { silenceSeconds = defaultSilenceSeconds, prepared = 'auto' } = options
  const watch = new SilenceWatch(silenceSeconds * 1000)
  let isPooled = false
  const pool = new Pool({
    Client: PostgresSession,
    pipeline: true,
    connectionString: options.url,
    max: options.poolSize,
    connectionTimeoutMillis: options.connectTimeoutSeconds * 1000,
    idleTimeoutMillis: 0,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterMs,
    application_name: 'colloquy',
    onConnect: async session => {
      if (!(session instanceof PostgresSession)) return
      watch.begin(session)
      await session.lookForPooler()
      isPooled = session.isPooled
    },
  })
  watch.over(pool)
  // A lost connection fails the query that uses it; nothing else needs to handle its error event.
  pool.on('connect', client => client.on('error', () => {}))
  pool.on('error', () => {})
  const connected: Connected = work => withClient(pool, work)
  const shared = new SharedConnections(options.poolSize, () => connectPatiently(pool))
  return {
    ...connectionOf(connected, prepared),
    shared: connectionOf(
      work => (isPooled || shared.limit === 0 ? connected(work) : shared.use(work)),
      prepared,
    ),
    engine: 'postgres',
    get isPooled() {
      return isPooled
    },
    orm: builderOf(pool),
    transaction: work => connected(client => inTransaction(client, prepared, work)),
    poolUse: () => ({
      inUse: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    close: () => watch.end(pool),
  }
}

/**
 * Replaces the builder's own transactions, which never return a connection that dies at `begin`: the pool would run
 * dry.
 */
function builderOf(pool: Pool): Orm {
  const own = new WeakMap<PoolClient, Orm>()
  const builder = builderOn(pool)
  builder.transaction = (...transaction) =>
    withClient(pool, client => {
      const onClient = own.get(client) ?? builderOn(client)
      own.set(client, onClient)
      return onClient.transaction(...transaction)
    })
  return builder
}

// The two drivers' result types differ, but only the query builder reads them.
const builderOn = (client: Pool | PoolClient) => drizzle(client) as unknown as Orm

/** Before the first query, a database that is starting or failing over is given a moment. */
const connectPatiently = (pool: Pool): Promise<PoolClient> =>
  repeat(() => pool.connect(), { mayRepeat: isConnectionLost, patienceMs: requestPatienceMs })

async function withClient<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await connectPatiently(pool)
  let isLost = false
  try {
    return await work(client)
  } catch (error) {
    isLost = isConnectionLost(error)
    throw error
  } finally {
    client.release(isLost)
  }
}

async function inTransaction<T>(
  client: PoolClient,
  prepared: Prepared,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  await client.query('begin')
  try {
    const result = await work(connectionOf(use => use(client), prepared))
    const { command } = await client.query('commit')
    if (command !== 'COMMIT') throw new Error('A statement of this transaction had failed')
    return result
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

type Prepared = NonNullable<PostgresOptions['prepared']>
type Connected = <T>(use: (client: PoolClient) => Promise<T>) => Promise<T>

function connectionOf(connected: Connected, prepared: Prepared): Connection {
  const named = (client: PoolClient, text: string) => (keepsStatements(client, prepared) ? nameOf(text) : {})
  return {
    query: <Row>(text: string, values: unknown[] = []) =>
      connected(
        async client =>
          // The driver's rows depend on the statement; the caller names their type.
          (await client.query({ ...named(client, text), text, values })).rows as Row[],
      ),
    values: (text, values = []) =>
      connected(
        async client =>
          (await client.query<unknown[]>({ ...named(client, text), text, values, rowMode: 'array' })).rows,
      ),
    script: text => connected(async client => void (await client.query(text))),
  }
}

const keepsStatements = (client: PoolClient, prepared: Prepared): boolean =>
  prepared === 'auto' ? !(client instanceof PostgresSession && client.isPooled) : prepared === 'on'

const names = new Map<string, string>()

/** Gives each statement text one name on every connection, so that each connection parses and plans it once. */
function nameOf(text: string): { name?: string } {
  let name = names.get(text)
  if (name === undefined && names.size < maxPrepared) {
    name = `s${names.size}`
    names.set(text, name)
  }
  return name === undefined ? {} : { name }
}
