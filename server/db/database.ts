import { type SQL, sql } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { AppError } from '../errors.ts'
import { isConnectionLost, isLockNotAvailable, isTransient, isUserErased } from './failure.ts'
import { repeat, requestPatienceMs } from './repeat.ts'

/** The query builder, whichever engine is behind it. */
export type Orm = PgDatabase<PgQueryResultHKT, Record<string, never>>

/** A transaction. On the embedded engine no other query runs until it ends, so use it and never the outer database. */
export type Tx = Parameters<Parameters<Orm['transaction']>[0]>[0]

/** Plain statements on one connection; rows as objects, JSON parsed. */
export interface Connection {
  query<Row>(text: string, values?: unknown[]): Promise<Row[]>
  /** The same with each row as an array of column values. */
  values(text: string, values?: unknown[]): Promise<unknown[][]>
  /** Several statements at once, without parameters. */
  script(text: string): Promise<void>
}

export interface Database extends Connection {
  readonly engine: 'pglite' | 'postgres'
  /** Whether a pooler is in between, as far as the connections made so far tell. */
  readonly isPooled: boolean
  readonly orm: Orm
  /**
   * For short single statements, pipelined with other callers' statements on the same connection. A statement that
   * waits for a lock delays those behind it: see `callShared`.
   */
  readonly shared: Connection
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T>
  /** Use of the pool's connections; the embedded database has none. */
  poolUse?(): { inUse: number; idle: number; waiting: number }
  close(): Promise<void>
}

/**
 * Runs `work` in one transaction that can read and write only this user's rows. Throws user_erased, as does every
 * function that acts as a user. Retried when the database has certainly not committed it, so `work` must have no other
 * side effects.
 */
export function withUser<T>(db: Database, userId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  let isCommitting = false
  const once = () => {
    isCommitting = false
    return db.orm.transaction(async tx => {
      await tx.execute(sql`select colloquy.act_as(${userId})`).catch(refuseErased)
      const result = await work(tx)
      isCommitting = true
      return result
    })
  }
  const isUnknown = (error: unknown) => isCommitting && isConnectionLost(error)
  return repeat(once, {
    mayRepeat: error => isTransient(error) && !isUnknown(error),
    patienceMs: requestPatienceMs,
  })
}

function refuseErased(cause: unknown): never {
  throw isUserErased(cause) ? new AppError('user_erased', undefined, { cause }) : cause
}

/** Runs `work` in one transaction under one of our roles, without the connection user's other privileges. */
export function asRole<T>(
  db: Database,
  role: 'colloquy_auth' | 'colloquy_sweeper',
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  return db.transaction(async connection => {
    await connection.query(`set local role ${role}`)
    return work(connection)
  })
}

/**
 * Lends a transaction to third-party work and revokes it afterwards: a statement that was not awaited would otherwise
 * run outside the transaction, without a user and without row-level security.
 */
export async function lend<T>(tx: Tx, work: (lent: Tx) => Promise<T>): Promise<T> {
  const { proxy, revoke } = Proxy.revocable(tx, {})
  try {
    return await work(proxy)
  } finally {
    revoke()
  }
}

/** The value of one expression, inside a transaction; the two drivers return rows in different shapes. */
export async function evaluate<Value>(tx: Tx, expression: SQL): Promise<Value> {
  const [row] = await queryRows<{ value: Value }>(tx, sql`select ${expression} as value`)
  return row?.value as Value // a select without a from has one row
}

/** The rows of a statement, inside a transaction. Columns of JSON are parsed, times are text. */
export async function queryRows<Row>(tx: Tx, statement: SQL): Promise<Row[]> {
  const result = (await tx.execute(statement)) as unknown
  return Array.isArray(result) ? result : (result as { rows: Row[] }).rows
}

/** Calls one of the SQL functions that return a single JSON value: one round trip, one commit. */
export const callFunction = <Result>(db: Connection, name: string, values: unknown[]): Promise<Result> =>
  call(db, statementOf(name, values.length), values)

/**
 * The same on a shared connection. A call that waits too long there for a lock is rolled back and repeated on a
 * connection of its own, so that the statements behind it can proceed.
 */
export async function callShared<Result>(db: Database, name: string, values: unknown[]): Promise<Result> {
  try {
    return await call(db.shared, statementOf(name, values.length, 'impatient'), values)
  } catch (error) {
    if (!isLockNotAvailable(error)) throw error
    return callFunction(db, name, values)
  }
}

async function call<Result>(db: Connection, statement: string, values: unknown[]): Promise<Result> {
  const [row] = await db.query<{ result: Result }>(statement, values).catch(refuseErased)
  if (!row) throw new Error(`Nothing was returned by: ${statement}`)
  return row.result
}

const impatience = `with impatient as materialized (select set_config('lock_timeout', '250ms', true))`
const statements = new Map<string, string>()

/** The same text each time, so that connections can reuse the prepared statement. */
function statementOf(name: string, count: number, manner: 'patient' | 'impatient' = 'patient'): string {
  const key = `${manner} ${name}`
  let statement = statements.get(key)
  if (!statement) {
    const call = `colloquy.${name}(${Array.from({ length: count }, (_, i) => `$${i + 1}`).join(', ')})`
    statement =
      manner === 'patient'
        ? `select ${call} as result`
        : `${impatience} select ${call} as result from impatient`
    statements.set(key, statement)
  }
  return statement
}
