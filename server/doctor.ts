import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Check, failed, passed } from './checks/check.ts'
import { checkClock } from './checks/clock.ts'
import { checkDatabase } from './checks/database.ts'
import { checkMetrics, checkModelAccess, checkPage, checkTracing } from './checks/operations.ts'
import { checkPort, findRunningServer } from './checks/port.ts'
import { checkModel, checkSecret } from './checks/settings.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import type { Database } from './db/database.ts'
import { DatabaseProblem } from './db/database-problem.ts'
import { openDatabase } from './db/open-database.ts'
import { listOwnMigrations } from './db/own-migrations.ts'

/** Checks everything that `serve` needs. Changes nothing. */
export async function runChecks(): Promise<Check[]> {
  const config = readConfigOrProblems()
  if (Array.isArray(config)) return config
  return [
    passed('settings', 'all can be read'),
    ...(await checkStorage(config)),
    checkSecret(config),
    ...(await checkAgent(config)),
    ...checkModelAccess(config),
    checkPage(),
    checkMetrics(config),
    checkTracing(config),
    await checkPort(config),
  ]
}

/** The checks of /readyz, on the server's own database; completes within the time limit. */
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

/** Loads the agent's module with all its imports, as `serve` would. */
export async function checkAgent(config: Config): Promise<Check[]> {
  if (config.agent === undefined) return [checkModel(config)]
  const { findAgent } = await import('./agent/find-agent.ts')
  const { putToWork } = await import('./agent/working-agent.ts')
  try {
    const agent = await findAgent(config)
    await putToWork(agent, config.model)
    const migrations = agent.migrations === undefined ? [] : listOwnMigrations(agent.migrations)
    return [passed('agent', `${config.agent} can be loaded, with ${migrations.length} migrations`)]
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return [failed('agent', reason, 'correct it; docs/agents.md tells what an agent is made of')]
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
    try {
      const checks = await checkDatabase(db)
      return checks[0]?.ok ? [...checks, await checkClock(db)] : checks
    } finally {
      await db.close()
    }
  } catch (error) {
    if (!(error instanceof DatabaseProblem)) throw error
    return [(await askRunningServer(config, error)) ?? failed('database', error.says, error.remedy)]
  }
}

/** The embedded database serves one process: while a server is running, ask that server instead. */
async function askRunningServer(config: Config, problem: DatabaseProblem): Promise<Check | undefined> {
  const answer = problem.kind === 'folder_in_use' ? await findRunningServer(config) : undefined
  if (!answer) return undefined
  return answer.ok
    ? passed('database', 'in use by the running server, which is ready')
    : failed('database', 'The running server that uses it is not ready', 'read what GET /readyz says')
}
