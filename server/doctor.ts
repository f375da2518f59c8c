import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Check, failed, passed } from './checks/check.ts'
import { checkDatabase } from './checks/database.ts'
import { checkPort, findRunningServer } from './checks/port.ts'
import { checkModel, checkSecret } from './checks/settings.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import type { Database } from './db/database.ts'
import { DatabaseProblem } from './db/database-problem.ts'
import { openDatabase } from './db/open-database.ts'

/** Everything that must hold for `serve` to work. Changes nothing. */
export async function runChecks(): Promise<Check[]> {
  const config = readConfigOrProblems()
  if (Array.isArray(config)) return config
  return [
    passed('settings', 'all can be read'),
    ...(await checkStorage(config)),
    checkSecret(config),
    checkModel(config),
    await checkPort(config),
  ]
}

/** The part that /readyz runs, on the server's own database; an answer comes within the limit. */
export async function checkReadiness(db: Database, limitMs = 3_000): Promise<Check[]> {
  const late = Promise.withResolvers<Check[]>()
  const timer = setTimeout(
    () => late.resolve([failed('database', `The database did not answer within ${limitMs / 1000} s`)]),
    limitMs,
  )
  try {
    return await Promise.race([checkDatabase(db), late.promise])
  } finally {
    clearTimeout(timer)
  }
}

function readConfigOrProblems(): Config | Check[] {
  try {
    return readConfig()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(problem =>
      failed('settings', problem, 'correct it in the environment or in .env'),
    )
  }
}

async function checkStorage(config: Config): Promise<Check[]> {
  if (config.databaseUrl === undefined && !existsSync(join(config.dataDir, 'postgres'))) {
    return [passed('database', `made in ${config.dataDir} at the first start`)]
  }
  try {
    const db = await openDatabase(config)
    return await checkDatabase(db).finally(() => db.close())
  } catch (error) {
    if (!(error instanceof DatabaseProblem)) throw error
    return [(await askRunningServer(config, error)) ?? failed('database', error.says, error.remedy)]
  }
}

/** The embedded database serves one process: while the server runs, the server must be asked. */
async function askRunningServer(config: Config, problem: DatabaseProblem): Promise<Check | undefined> {
  const answer = problem.kind === 'folder_in_use' ? await findRunningServer(config) : undefined
  if (!answer) return undefined
  return answer.ok
    ? passed('database', 'answers the server that runs on it')
    : failed('database', 'The server that runs on it is not ready', 'read what GET /readyz says')
}
