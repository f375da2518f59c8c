import { type SQL, sql } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { AppError } from '../errors.ts'
import { isUserErased } from './failure.ts'

/** The query builder, whichever engine is behind it. */
export type Orm = PgDatabase<PgQueryResultHKT, Record<string, never>>

/** A transaction. On the embedded engine nothing else may be queried until it ends: pass it on, never reach around it. */
export type Tx = Parameters<Parameters<Orm['transaction']>[0]>[0]

/** Plain statements on one connection; rows as objects, JSON parsed. */
export interface Connection {
  query<Row>(text: string, values?: unknown[]): Promise<Row[]>
  /** The same with each row as an array of column values. */
  values(text: string, values?: unknown[]): Promise<unknown[][]>
  /** Several statements at once, without values. */
  script(text: string): Promise<void>
}

export interface Database extends Connection {
  readonly engine: 'pglite' | 'postgres'
  readonly orm: Orm
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/**
 * Runs `work` in one transaction that sees and writes the rows of one user, and nothing else. Throws user_erased, as every
 * function that acts as a user.
 */
export function withUser<T>(db: Database, userId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.orm.transaction(async tx => {
    await tx.execute(sql`select colloquy.act_as(${userId})`).catch(refuseErased)
    return work(tx)
  })
}

function refuseErased(cause: unknown): never {
  throw isUserErased(cause) ? new AppError('user_erased', undefined, { cause }) : cause
}

/** The value of one expression, inside a transaction; the two drivers return rows in different shapes. */
export async function evaluate<Value>(tx: Tx, expression: SQL): Promise<Value> {
  const result = (await tx.execute(sql`select ${expression} as value`)) as unknown
  const rows = Array.isArray(result) ? result : (result as { rows: unknown[] }).rows
  return (rows[0] as { value: Value }).value
}

/** Calls one of the SQL functions that return a single JSON value: one round trip, one commit. */
export async function callFunction<Result>(db: Connection, name: string, values: unknown[]): Promise<Result> {
  const [row] = await db
    .query<{ result: Result }>(statementOf(name, values.length), values)
    .catch(refuseErased)
  if (!row) throw new Error(`${name} returned nothing`)
  return row.result
}

const statements = new Map<string, string>()

function statementOf(name: string, count: number): string {
  let statement = statements.get(name)
  if (!statement) {
    const places = Array.from({ length: count }, (_, i) => `$${i + 1}`).join(', ')
    statement = `select colloquy.${name}(${places}) as result`
    statements.set(name, statement)
  }
  return statement
}
