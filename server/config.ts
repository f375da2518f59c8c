import { readFileSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { parseEnv } from 'node:util'
import { z } from 'zod'
import * as value from './config-values.ts'
import { checkBudget, type LimitSettings, limitsOf, limitVariables } from './limit-settings.ts'
import { type McpServerSettings, mcpServers, withTokens } from './mcp-settings.ts'
import {
  checkModelSettings,
  checkSummaries,
  type ModelSettings,
  modelSettingsOf,
  modelVariables,
} from './model-settings.ts'
import { type OperationsSettings, operationsOf, operationsVariables } from './operations-settings.ts'

/** An outside issuer whose tokens are accepted besides our own; the user of such a token is `<prefix>:<sub>`. */
export interface TrustedIssuer {
  readonly prefix: string
  readonly issuer: string
  readonly jwksUrl: string
  readonly audience?: string | undefined
  readonly algorithms: readonly string[]
}

/** Where the database is, and how to connect to it. */
export interface DatabaseSettings {
  /** Holds the embedded Postgres and the secret made for it. */
  readonly dataDir: string
  /** A Postgres server; undefined: the embedded database. */
  readonly databaseUrl: string | undefined
  readonly databasePoolSize: number
  readonly databaseConnectTimeoutSeconds: number
  /** How long a connection may stay silent while a response is due. */
  readonly databaseSilenceSeconds: number
  readonly databasePrepared: 'auto' | 'on' | 'off'
}

export interface Config extends DatabaseSettings, LimitSettings, OperationsSettings {
  /** 0: any free port. */
  readonly port: number
  readonly host: string
  /** The server's public origin. */
  readonly publicUrl: string
  /** Signs sessions and tokens; undefined only with the embedded database, which keeps its own secret. */
  readonly secret: string | undefined
  readonly trustedIssuers: readonly TrustedIssuer[]
  /** Proxies whose X-Forwarded-For is trusted. */
  readonly trustedProxies: readonly string[]
  readonly model: Readonly<ModelSettings>
  /** The agent's module, relative to the working directory; undefined: the task assistant. */
  readonly agent: string | undefined
  readonly mcpServers: readonly McpServerSettings[]
  readonly stepTimeoutSeconds: number
  readonly turnTimeoutSeconds: number
  readonly responseWaitSeconds: number
  readonly shutdownDelaySeconds: number
  readonly shutdownGraceSeconds: number
  readonly maxSteps: number
  readonly modelRetries: number
  readonly historyMessages: number
  /** Whether messages beyond the model's context are summarised; auto: if the model can do so. */
  readonly summaries: 'auto' | 'on' | 'off'
  readonly maxBodyBytes: number
  /** Conversations without activity are deleted after this many days; 0: never. */
  readonly retentionDays: number
  readonly logLevel: string
}

export type Environment = Readonly<Record<string, string | undefined>>

/** All problems of the settings, one per line. No line repeats a value: it may be a secret. */
export class ConfigError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

const variables = z.object({
  PORT: value.wholeNumber(0, 65_535, 3000),
  HOST: value.host.default('127.0.0.1'),
  PUBLIC_URL: value.origin.optional(),
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: value.databaseUrl.optional(),
  DATABASE_POOL: value.wholeNumber(1, 1000, 10),
  DATABASE_CONNECT_TIMEOUT_SECONDS: value.seconds(0.1, 10),
  DATABASE_SILENCE_SECONDS: value.seconds(0.1, 15),
  DATABASE_PREPARED: value.oneOf(['auto', 'on', 'off'], 'auto'),
  BETTER_AUTH_SECRET: value.secret.optional(),
  TRUSTED_ISSUERS: value.trustedIssuers,
  TRUSTED_PROXIES: value.addresses,
  ...limitVariables,
  ...modelVariables,
  AGENT: z.string().optional(),
  MCP_SERVERS: mcpServers,
  STEP_TIMEOUT_SECONDS: value.seconds(0.1, 60),
  TURN_TIMEOUT_SECONDS: value.seconds(0.1, 300),
  RESPONSE_WAIT_SECONDS: value.seconds(0, 55),
  SHUTDOWN_DELAY_SECONDS: value.seconds(0, 0),
  SHUTDOWN_GRACE_SECONDS: value.seconds(0, 10),
  MAX_STEPS: value.wholeNumber(1, 1000, 16),
  MODEL_RETRIES: value.wholeNumber(0, 10, 2),
  HISTORY_MESSAGES: value.wholeNumber(1, 10_000, 40),
  SUMMARIES: value.oneOf(['auto', 'on', 'off'], 'auto'),
  MAX_BODY_BYTES: value.wholeNumber(1024, 104_857_600, 1_048_576),
  RETENTION_DAYS: value.wholeNumber(0, 36_500, 0),
  ...operationsVariables,
  LOG_LEVEL: value.oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'info'),
})

/** The names of all settings, as `.env.example` and the documents list them. */
export const variableNames: readonly string[] = Object.keys(variables.shape)

/**
 * The settings of this process; the only reader of the environment. An empty variable counts as not set. Throws a
 * ConfigError that lists all mistakes.
 */
export function readConfig(environment: Environment = readEnvironment()): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([name, text]) => variableNames.includes(name) && text?.trim()),
  )
  const parsed = variables.safeParse(given)
  const problems = parsed.success ? [] : parsed.error.issues.map(describe)
  if (given.DATABASE_URL && !given.BETTER_AUTH_SECRET) {
    problems.push(
      'BETTER_AUTH_SECRET must be set when DATABASE_URL is: all instances sign with the same secret',
    )
  }
  problems.push(...checkModelSettings(modelSettingsOf(given)))
  if (parsed.success) problems.push(...checkBudget(parsed.data), ...checkSummaries(parsed.data))
  const remote = withTokens(parsed.data?.MCP_SERVERS ?? [], environment)
  problems.push(...remote.problems)
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems)
  return { ...configOf(parsed.data), mcpServers: remote.servers }
}

/** The process environment, falling back to the file `.env` of the working directory. */
function readEnvironment(): Environment {
  try {
    return { ...parseEnv(readFileSync('.env', 'utf8')), ...withoutEmpty(process.env) }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return process.env
    throw new ConfigError([`.env cannot be read: ${error instanceof Error ? error.message : error}`])
  }
}

/** Puts all settings, including those in `.env`, into process.env, where an agent's module expects its own. */
export function shareEnvironment(): void {
  for (const [name, text] of Object.entries(readEnvironment())) process.env[name] ||= text
}

const withoutEmpty = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([, text]) => text?.trim()))

function describe({ path: [name, ...place], message }: z.core.$ZodIssue): string {
  const where = place.map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
  return `${String(name)}${where}${where ? ':' : ''} ${message}`
}

type Variables = z.infer<typeof variables>

function configOf(data: Variables): Omit<Config, 'mcpServers'> {
  return {
    port: data.PORT,
    host: data.HOST,
    publicUrl: data.PUBLIC_URL ?? originOf(data.HOST, data.PORT),
    dataDir: data.DATA_DIR,
    databaseUrl: data.DATABASE_URL,
    databasePoolSize: data.DATABASE_POOL,
    databaseConnectTimeoutSeconds: data.DATABASE_CONNECT_TIMEOUT_SECONDS,
    databaseSilenceSeconds: data.DATABASE_SILENCE_SECONDS,
    databasePrepared: data.DATABASE_PREPARED,
    secret: data.BETTER_AUTH_SECRET,
    trustedIssuers: data.TRUSTED_ISSUERS,
    trustedProxies: data.TRUSTED_PROXIES,
    ...limitsOf(data),
    model: {
      ...modelSettingsOf(data),
      offlineDelayMs: data.OFFLINE_DELAY_MS,
      contextTokens: data.CONTEXT_TOKENS || undefined,
    },
    agent: data.AGENT,
    stepTimeoutSeconds: data.STEP_TIMEOUT_SECONDS,
    turnTimeoutSeconds: data.TURN_TIMEOUT_SECONDS,
    responseWaitSeconds: data.RESPONSE_WAIT_SECONDS,
    shutdownDelaySeconds: data.SHUTDOWN_DELAY_SECONDS,
    shutdownGraceSeconds: data.SHUTDOWN_GRACE_SECONDS,
    maxSteps: data.MAX_STEPS,
    modelRetries: data.MODEL_RETRIES,
    historyMessages: data.HISTORY_MESSAGES,
    summaries: data.SUMMARIES,
    maxBodyBytes: data.MAX_BODY_BYTES,
    retentionDays: data.RETENTION_DAYS,
    ...operationsOf(data),
    logLevel: data.LOG_LEVEL,
  }
}

/** The same settings with the actual port, once it is known. */
export function onPort(config: Config, port: number): Config {
  const isDefault = config.publicUrl === originOf(config.host, config.port)
  return { ...config, port, publicUrl: isDefault ? originOf(config.host, port) : config.publicUrl }
}

/** The origin at which a browser on this machine finds the server; a wildcard address cannot be visited. */
function originOf(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://localhost:${port}`
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`
}
