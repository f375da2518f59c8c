import { randomUUID } from 'node:crypto'
import type { Agent } from './agent/agent.ts'
import { Calibration } from './agent/calibration.ts'
import { findAgent } from './agent/find-agent.ts'
import { openMcpServers } from './agent/remote/mcp-servers.ts'
import { putToWork } from './agent/working-agent.ts'
import { type Accounts, createAccounts } from './auth/accounts.ts'
import { keepSecret, keyFrom } from './auth/secret.ts'
import { prepareSigningKeys, publicKeysOf } from './auth/signing-keys.ts'
import { createTokenVerifier, type TokenVerifier } from './auth/token-verifier.ts'
import type { Config } from './config.ts'
import type { Database } from './db/database.ts'
import { openMigratedDatabase, postgresOptions } from './db/open-database.ts'
import { openPostgres, type PostgresOptions } from './db/postgres.ts'
import { type Logger, openTelemetry, type Telemetry } from './telemetry.ts'
import { drain, release } from './turns/drain.ts'
import type { Engine } from './turns/engine.ts'
import { leaseSeconds, leaseSilenceSeconds, Pulse } from './turns/pulse.ts'
import { RemoteTurns } from './turns/remote-turns.ts'
import { UserEvents } from './turns/user-events.ts'
import { watchEngine } from './turns/watch-engine.ts'

export interface Lifetime {
  /** Set once the server was told to stop: it still serves for a moment, but is no longer ready. */
  isStopping: boolean
  /** Requests whose response has not begun. */
  answering: number
}

/** All parts of a running server, each built once. */
export interface Context extends AsyncDisposable {
  readonly config: Config
  readonly log: Logger
  readonly telemetry: Telemetry
  readonly db: Database
  readonly accounts: Accounts
  readonly tokens: TokenVerifier
  readonly engine: Engine
  readonly lifetime: Lifetime
  /** Seals state that a client must return unchanged. */
  readonly sealingKey: Uint8Array
}

const sweeperConnections = 2
/** Its statements are small batches; a silent connection would hold up turn news and take-overs. */
const sweeperSilenceSeconds = 5
const queuedTurns = 1000
const takeOvers = 3

/**
 * Opens everything in order; closes it in reverse, also when a later part fails to open. Without a given agent, the
 * task assistant is used.
 */
export async function createContext(config: Config, log: Logger, agent?: Agent): Promise<Context> {
  await using opened = new AsyncDisposableStack()
  const telemetry = opened.use(await openTelemetry(log, config.tracing))
  const answering = agent ?? (await findAgent(config))
  const { db, applied, ownApplied } = await openMigratedDatabase(config, answering.migrations)
  opened.defer(() => db.close())
  if (applied.length + ownApplied.length > 0)
    log.info({ applied, own_applied: ownApplied }, 'schema brought up to date')

  const secret = config.secret ?? keepSecret(config.dataDir)
  const signingKeys = await prepareSigningKeys(db, { secret, oldSecrets: config.oldSecrets })
  const { publicUrl, trustedProxies, signInsPerMinute, signInsPerAccount } = config
  const accounts = createAccounts({
    db,
    secret,
    oldSecrets: config.oldSecrets,
    publicUrl,
    signingKeys,
    log,
    trustedProxies,
    corsOrigins: config.corsOrigins,
    attemptsPerMinute: { ofAddress: signInsPerMinute, ofAccount: signInsPerAccount },
  })
  const tokens = createTokenVerifier({
    secret,
    oldSecrets: config.oldSecrets,
    publicUrl,
    jwks: publicKeysOf(signingKeys),
    issuers: config.trustedIssuers,
  })

  const others = opened.use(openMcpServers(config.mcpServers, log))
  const engine = await createEngine(config, telemetry, {
    db,
    ...openPulseDatabases(config, db, opened),
    agent: await putToWork(answering, config.model, others),
  })
  opened.defer(() => release(engine))
  const pulse = new Pulse(engine)
  await pulse.start()
  watchEngine(telemetry.metrics, engine, pulse)
  opened.defer(() => pulse.stop())
  const lifetime: Lifetime = { isStopping: false, answering: 0 }
  opened.defer(() => drain(engine, config.shutdownGraceSeconds * 1000, () => lifetime.answering > 0))
  opened.defer(() => engine.userEvents.stop())

  const stack = opened.move()
  return {
    config,
    log,
    telemetry,
    db,
    accounts,
    tokens,
    engine,
    lifetime,
    sealingKey: keyFrom(secret, 'mcp request state'),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** The embedded database has one connection, which the whole process shares. */
function openPulseDatabases(
  config: Config,
  db: Database,
  opened: AsyncDisposableStack,
): Pick<Engine, 'sweeperDb' | 'leaseDb'> {
  const options = postgresOptions(config)
  if (options === undefined) return { sweeperDb: db, leaseDb: db }
  const open = (more: Partial<PostgresOptions>) =>
    opened.adopt(openPostgres({ ...options, ...more }), each => each.close())
  const { silenceSeconds, connectTimeoutSeconds } = options
  return {
    sweeperDb: open({
      poolSize: sweeperConnections,
      silenceSeconds: Math.min(sweeperSilenceSeconds, silenceSeconds),
    }),
    leaseDb: open({
      poolSize: 1,
      connectTimeoutSeconds: Math.min(leaseSeconds, connectTimeoutSeconds),
      silenceSeconds: leaseSilenceSeconds,
    }),
  }
}

async function createEngine(
  config: Config,
  telemetry: Telemetry,
  parts: Pick<Engine, 'db' | 'sweeperDb' | 'leaseDb' | 'agent'>,
): Promise<Engine> {
  // The folder is locked, so any earlier instance is gone; the first beat takes up its turns.
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
      perUser: config.userLimits,
      takeOvers,
    },
    retentionDays: config.retentionDays,
    log: telemetry.log,
    telemetry,
    summaries: config.summaries !== 'off',
    calibration: new Calibration(),
    live: new Map(),
    remote: new RemoteTurns(parts.db, parts.sweeperDb),
    userEvents: new UserEvents(parts.sweeperDb),
    draining: false,
    waiting: new Set(),
  }
}
