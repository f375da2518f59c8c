import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import type { Connection, Database, Orm } from './database.ts'

export interface PostgresOptions {
  url: string
  poolSize: number
  connectTimeoutSeconds: number
}

/** A pool of connections to a real Postgres; opens none before the first query. */
export function openPostgres({ url, poolSize, connectTimeoutSeconds }: PostgresOptions): Database {
  const client = postgres(url, {
    max: poolSize,
    connect_timeout: connectTimeoutSeconds,
    fetch_types: false,
    onnotice: () => {},
    connection: { application_name: 'colloquy', TimeZone: 'UTC' },
  })
  return {
    ...connectionOf(client),
    engine: 'postgres',
    // The two drivers' query results differ; nothing reads them except through the builder.
    orm: drizzle(client) as unknown as Orm,
    // postgres.js unwraps nested promises in its type; `work` never returns an array of them.
    transaction: <T>(work: (connection: Connection) => Promise<T>) =>
      client.begin(tx => work(connectionOf(tx))) as Promise<T>,
    close: () => client.end({ timeout: 5 }),
  }
}

function connectionOf(client: postgres.Sql | postgres.TransactionSql): Connection {
  return {
    // The driver's rows are arrays with extra fields, of whatever the statement selects; the caller names the row.
    query: async <Row>(text: string, values: unknown[] = []) =>
      (await client.unsafe(text, values as never[], { prepare: true })) as unknown as Row[],
    values: async (text, values = []) =>
      await client.unsafe(text, values as never[], { prepare: true }).values(),
    script: async text => void (await client.unsafe(text).simple()),
  }
}
