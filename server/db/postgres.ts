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
  /** A connection that owes an answer and is silent for so long is given up; 0: never. */
  silenceSeconds?: number
  /** Whether connections keep statements; `auto`: unless a pooler may lend each transaction another one. */
  prepared?: 'auto' | 'on' | 'off'
}

/** Statements that keep their plan on a connection; more than these would be ones that vary. */
const maxPrepared = 500
/** Longer than the server lets a transaction of a user's live (see act_as), so that what is given up here is over there. */
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
  // A connection that dies tells whatever uses it; nobody else has to hear of it.
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

/** The builder's own transactions keep a connection for ever that dies at their `begin`: the pool runs dry. */
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

// The two drivers' query results differ; nothing reads them except through the builder.
const builderOn = (client: Pool | PoolClient) => drizzle(client) as unknown as Orm

/** While nothing has been asked yet, a database that starts or fails over is waited for a moment. */
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
          // The driver's rows are of whatever the statement selects; the caller names the row.
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

/** The same statement has the same name on every connection, and is parsed and planned there once. */
function nameOf(text: string): { name?: string } {
  let name = names.get(text)
  if (name === undefined && names.size < maxPrepared) {
    name = `s${names.size}`
    names.set(text, name)
  }
  return name === undefined ? {} : { name }
}
