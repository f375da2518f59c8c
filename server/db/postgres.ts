import { drizzle } from 'drizzle-orm/postgres-js'
import type postgres from 'postgres'
import { Connections, OneConnection } from './connections.ts'
import type { Connection, Database, Orm } from './database.ts'

export interface PostgresOptions {
  url: string
  poolSize: number
  connectTimeoutSeconds: number
}

const prepared = { prepare: true }

/** A pool of connections to a real Postgres; opens none before the first query. */
export function openPostgres({ url, poolSize, connectTimeoutSeconds }: PostgresOptions): Database {
  const connections = new Connections(poolSize, () => {
    const connection = new OneConnection(url, {
      connect_timeout: connectTimeoutSeconds,
      fetch_types: false,
      onnotice: () => {},
      connection: { application_name: 'colloquy', TimeZone: 'UTC' },
    })
    drizzle(connection.sql) // sets the connection's parsers as the builder expects them
    return connection
  })
  const run: Run = statement => connections.use(connection => connection.run(() => statement(connection.sql)))
  return {
    ...connectionOf(run),
    engine: 'postgres',
    orm: drizzle(clientOf(connections, run)) as unknown as Orm,
    transaction: work =>
      connections.use(connection => connection.transaction(() => work(connectionOf(within(connection))))),
    close: () => connections.close(5),
  }
}

/** Runs one statement, on whichever connection, or on the one of a transaction. */
type Run = <T>(statement: (sql: postgres.Sql) => PromiseLike<T>) => Promise<T>

const within =
  (connection: OneConnection): Run =>
  statement =>
    connection.run(() => statement(connection.sql))

function connectionOf(run: Run): Connection {
  return {
    // The driver's rows are arrays with extra fields, of whatever the statement selects; the caller names the row.
    query: async <Row>(text: string, values: unknown[] = []) =>
      (await run(sql => sql.unsafe(text, values as never[], prepared))) as unknown as Row[],
    values: (text, values = []) => run(sql => sql.unsafe(text, values as never[], prepared).values()),
    script: async text => void (await run(sql => sql.unsafe(text).simple())),
  }
}

/** As much of the driver's client as the query builder uses, on connections of our own keeping. */
function clientOf(connections: Connections, run: Run): postgres.Sql {
  const client = {
    options: { parsers: {}, serializers: {} },
    ...statementsOf(run),
    begin: <T>(work: (client: unknown) => Promise<T>) =>
      connections.use(connection => connection.transaction(() => work(transactionClient(connection)))),
  }
  return client as unknown as postgres.Sql
}

function transactionClient(connection: OneConnection, depth = 0): unknown {
  return {
    ...statementsOf(within(connection)),
    savepoint: <T>(work: (client: unknown) => Promise<T>) =>
      connection.savepoint(`s${depth}`, () => work(transactionClient(connection, depth + 1))),
  }
}

/**
 * Always prepared: it saves each statement a round trip for its description, in which a process that stops would hold its
 * locks without being idle to Postgres.
 */
const statementsOf = (run: Run) => ({
  unsafe: (text: string, values: never[]) => ({
    // biome-ignore lint/suspicious/noThenProperty: the driver's queries begin when they are awaited, and so do these
    then: (...then: Parameters<Promise<unknown>['then']>) =>
      run(sql => sql.unsafe(text, values, prepared)).then(...then),
    values: () => run(sql => sql.unsafe(text, values, prepared).values()),
  }),
})
