import { drizzle } from 'drizzle-orm/node-postgres'
import { Pool, type PoolClient } from 'pg'
import type { Connection, Database, Orm } from './database.ts'
import { isConnectionLost } from './failure.ts'

export interface PostgresOptions {
  url: string
  poolSize: number
  connectTimeoutSeconds: number
}

/** Statements that keep their plan on a connection; more than these would be ones that vary. */
const maxPrepared = 500

/** A pool of connections to a real Postgres; opens none before the first query. */
export function openPostgres({ url, poolSize, connectTimeoutSeconds }: PostgresOptions): Database {
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutSeconds * 1000,
    idleTimeoutMillis: 0,
    keepAlive: true,
    application_name: 'colloquy',
    // Times far back have offsets with seconds in most zones, which nobody can read.
    onConnect: async client => void (await client.query(`set timezone to 'UTC'`)),
  })
  // A connection that dies tells whatever uses it; nobody else has to hear of it.
  pool.on('connect', client => client.on('error', () => {}))
  pool.on('error', () => {})
  return {
    ...connectionOf(pool),
    engine: 'postgres',
    orm: builderOf(pool),
    transaction: work => withClient(pool, client => inTransaction(client, work)),
    close: () => pool.end(),
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

async function withClient<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
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
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  await client.query('begin')
  try {
    const result = await work(connectionOf(client))
    const { command } = await client.query('commit')
    if (command !== 'COMMIT') throw new Error('A statement of this transaction had failed')
    return result
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

function connectionOf(client: Pool | PoolClient): Connection {
  return {
    query: async <Row>(text: string, values: unknown[] = []) =>
      // The driver's rows are of whatever the statement selects; the caller names the row.
      (await client.query({ ...nameOf(text), text, values })).rows as Row[],
    values: async (text, values = []) =>
      (await client.query<unknown[]>({ ...nameOf(text), text, values, rowMode: 'array' })).rows,
    script: async text => void (await client.query(text)),
  }
}

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
