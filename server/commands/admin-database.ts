import { type Config, readConfig } from '../config.ts'
import type { Database } from '../db/database.ts'
import { findSchemaProblem } from '../db/migrate.ts'
import { openDatabase } from '../db/open-database.ts'
import { CommandError } from './command.ts'

/** The database of the settings, as it is: a command that looks after it changes no schema. */
export async function withDatabase<T>(work: (db: Database, config: Config) => Promise<T>): Promise<T> {
  const config = readConfig()
  const db = await openDatabase(config)
  try {
    const [row] = await db.query<{ exists: boolean }>(
      `select to_regclass('colloquy.migrations') is not null as exists`,
    )
    const problem = row?.exists ? await findSchemaProblem(db) : 'The schema has not been made yet'
    if (problem) throw new CommandError(`${problem}; run: npm run migrate`)
    return await work(db, config)
  } finally {
    await db.close()
  }
}

/** A whole number from `min` to `max` as somebody typed it. */
export function countOf(
  name: string,
  text: string | undefined,
  { min, max, fallback }: { min: number; max: number; fallback: number },
): number {
  if (text === undefined) return fallback
  const count = Number(text)
  if (/^\d{1,9}$/.test(text) && count >= min && count <= max) return count
  throw new CommandError(`--${name} must be a whole number from ${min} to ${max}`)
}

/** Rows under their headings, each column as wide as it must be; numbers to the right. */
export function printTable(headings: string[], rows: (string | number)[][]): void {
  const lines = [headings, ...rows.map(row => row.map(String))]
  const widths = headings.map((_, i) => Math.max(...lines.map(line => (line[i] ?? '').length)))
  const isNumber = headings.map((_, i) => rows.length > 0 && rows.every(row => typeof row[i] === 'number'))
  for (const line of lines) {
    const cells = line.map((cell, i) =>
      isNumber[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
    )
    console.log(cells.join('  ').trimEnd())
  }
}
