import { randomUUID } from 'node:crypto'
import type { Agent } from './agent/agent.ts'
import { createTaskAgent } from './agent/task-agent.ts'
import { type Accounts, createAccounts } from './auth/accounts.ts'
import { keepSecret, keyFrom } from './auth/secret.ts'
import { prepareSigningKeys, publicKeysOf } from './auth/signing-keys.ts'
import { createTokenVerifier, type TokenVerifier } from './auth/token-verifier.ts'
import type { Config } from './config.ts'
import type { Database } from './db/database.ts'
import { openMigratedDatabase } from './db/open-database.ts'
import { openPostgres } from './db/postgres.ts'
import type { Logger } from './telemetry.ts'
import type { Engine } from './turns/engine.ts'
import { drain, Pulse, release } from './turns/pulse.ts'
import { RemoteTurns } from './turns/remote-turns.ts'
import { UserEvents } from './turns/user-events.ts'

/** Everything a running server consists of, built once. */
export interface Context extends AsyncDisposable {
  readonly config: Config
  readonly log: Logger
  readonly db: Database
  readonly accounts: Accounts
  readonly tokens: TokenVerifier
  readonly engine: Engine
  /** Seals what a client must bring back unchanged. */
  readonly sealingKey: Uint8Array
}

const sweeperConnections = 2
const queuedTurns = 1000
const takeOvers = 3

/**
 * Opens everything in order; what was opened is closed in reverse, also when a later part fails. Without an agent of the
 * caller's, the task assistant answers.
 */
export async function createContext(config: Config, log: Logger, agent?: Agent): Promise<Context> {
  await using opened = new AsyncDisposableStack()
  const { db, applied } = await openMigratedDatabase(config)
  opened.defer(() => db.close())
  if (applied.length > 0) log.info({ applied }, 'schema brought up to date')

  const secret = config.secret ?? keepSecret(config.dataDir)
  const signingKeys = await prepareSigningKeys(db, secret)
  const { publicUrl, trustedProxies, signInsPerMinute: attemptsPerMinute } = config
  const accounts = createAccounts({
    db,
    secret,
    publicUrl,
    signingKeys,
    log,
    trustedProxies,
    attemptsPerMinute,
  })
  const tokens = createTokenVerifier({
    secret,
    publicUrl,
    jwks: publicKeysOf(signingKeys),
    issuers: config.trustedIssuers,
  })

  const sweeperDb = openSweeperDatabase(config, db)
  if (sweeperDb !== db) opened.defer(() => sweeperDb.close())
  const engine = await createEngine(config, log, {
    db,
    sweeperDb,
    agent: agent ?? (await createTaskAgent(config.model)),
  })
  opened.defer(() => release(engine))
  const pulse = new Pulse(engine)
  await pulse.start()
  opened.defer(() => pulse.stop())
  opened.defer(() => drain(engine, config.shutdownGraceSeconds * 1000))
  opened.defer(() => engine.userEvents.stop())

  const stack = opened.move()
  return {
    config,
    log,
    db,
    accounts,
    tokens,
    engine,
    sealingKey: keyFrom(secret, 'mcp request state'),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** The embedded database has one connection, and this process alone uses it. */
function openSweeperDatabase(
  { databaseUrl: url, databaseConnectTimeoutSeconds }: Config,
  db: Database,
): Database {
  if (url === undefined) return db
  return openPostgres({
    url,
    poolSize: sweeperConnections,
    connectTimeoutSeconds: databaseConnectTimeoutSeconds,
  })
}

async function createEngine(
  config: Config,
  log: Logger,
  parts: Pick<Engine, 'db' | 'sweeperDb' | 'agent'>,
): Promise<Engine> {
  // The folder is locked: whatever instance wrote into it before is gone, and its turns are taken up by the first beat.
  if (parts.db.engine === 'pglite') await parts.db.query('delete from colloquy.instances')
  return {
    ...parts,
    instanceId: randomUUID(),
    limits: {
      stepTimeoutMs: config.stepTimeoutSeconds * 1000,
      turnTimeoutMs: config.turnTimeoutSeconds * 1000,
      modelRetries: config.modelRetries,
      maxSteps: config.maxSteps,
      historyMessages: config.historyMessages,
      queuedTurns,
      takeOvers,
    },
    retentionDays: config.retentionDays,
    log,
    live: new Map(),
    remote: new RemoteTurns(parts.db, parts.sweeperDb),
    userEvents: new UserEvents(parts.sweeperDb),
    draining: false,
  }
}
