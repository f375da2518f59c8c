import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ConfigError, onPort, readConfig, variableNames } from '../../server/config.ts'

const secret = 'a-secret-of-at-least-32-characters'
const postgresUrl = 'postgres://ada:hunter2@localhost:5432/colloquy'

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

test('nothing has to be set', () => {
  expect(readConfig({})).toMatchObject({
    port: 3000,
    host: '127.0.0.1',
    publicUrl: 'http://127.0.0.1:3000',
    dataDir: './data',
    databaseUrl: undefined,
    secret: undefined,
    trustedIssuers: [],
    model: { spec: 'offline', offlineDelayMs: 0 },
    agent: undefined,
    mcpServers: [],
    stepTimeoutSeconds: 60,
    turnTimeoutSeconds: 300,
    responseWaitSeconds: 55,
    databaseSilenceSeconds: 15,
    databasePrepared: 'auto',
    shutdownDelaySeconds: 0,
    shutdownGraceSeconds: 10,
    maxSteps: 16,
    modelRetries: 2,
    historyMessages: 40,
    summaries: 'auto',
    maxBodyBytes: 1_048_576,
    retentionDays: 0,
    logLevel: 'info',
  })
})

test('an empty variable counts as not set', () => {
  const empty = Object.fromEntries(variableNames.map((name, i) => [name, i % 2 ? '' : '  ']))
  expect(readConfig(empty)).toEqual(readConfig({}))
})

const refused: [name: string, values: string[]][] = [
  ['PORT', ['65536', '-1', 'http', '3000.5', '0x10', '1e3', '9'.repeat(400)]],
  ['HOST', ['not a host', 'http://localhost']],
  ['PUBLIC_URL', ['chat.example.com', 'ftp://a', 'https://a/path', 'https://a?b', 'https://user@a']],
  ['DATABASE_POOL', ['0', '1001']],
  ['DATABASE_CONNECT_TIMEOUT_SECONDS', ['0', '-1', 'soon']],
  ['DATABASE_SILENCE_SECONDS', ['0', '-1', 'soon']],
  ['DATABASE_PREPARED', ['yes', 'true']],
  ['SHUTDOWN_DELAY_SECONDS', ['-1', '86401']],
  ['BETTER_AUTH_SECRET', ['short', 'x'.repeat(31)]],
  ['OFFLINE_DELAY_MS', ['-1', '60001']],
  ['STEP_TIMEOUT_SECONDS', ['0', '86401', 'NaN', 'Infinity']],
  ['MAX_STEPS', ['0']],
  ['HISTORY_MESSAGES', ['0']],
  ['MAX_BODY_BYTES', ['0', '1MiB']],
  ['RETENTION_DAYS', ['-1', '36501', 'a month']],
  ['LOG_LEVEL', ['loud', 'INFO']],
  ['MODEL', ['gpt', 'unknown/model']],
  ['TRUSTED_PROXIES', ['proxy.example', '10.0.0.0/33', '10.0.0.1/8/8']],
  ['SIGN_INS_PER_MINUTE', ['-1', 'many']],
  ['SIGN_INS_PER_ACCOUNT', ['-1']],
  ['TURNS_PER_MINUTE', ['-1', '60/min']],
  ['TOKEN_BUDGET', ['-1', '1999']], // less than one turn reserves
  ['BUDGET_WINDOW_HOURS', ['0', '8761']],
  ['TOKENS_RESERVED_PER_TURN', ['0']],
  ['MODEL_PRICES', ['no json', '[]', '{"m": 1}', '{"m": {"input": 1}}', '{"m": {"input": -1, "output": 1}}']],
  ['MAX_CONNECTIONS', ['0']],
  ['MAX_STREAMS', ['0']],
  ['MAX_STREAMS_PER_USER', ['0']],
  [
    'MCP_SERVERS',
    [
      'not json',
      '{}',
      '[1]',
      '[{}]',
      '[{"name": "a_b", "url": "https://a"}]',
      '[{"name": "a", "url": "file:///etc/passwd"}]',
      '[{"name": "a", "url": "https://a", "headers": {"x y": "z"}}]',
      '[{"name": "a", "url": "https://a", "token_env": "NO_SUCH_TOKEN"}]',
      '[{"name": "a", "url": "https://a"}, {"name": "a", "url": "https://b"}]',
      '[{"name": "a", "url": "https://a", "approval": "sometimes"}]',
    ],
  ],
  ['TRUSTED_ISSUERS', ['not json', '{}', '"x"', '[1]', '[{}]']],
]

test.for(refused.flatMap(([name, values]) => values.map(value => [name, value] as const)))(
  '%s=%s is refused in a line that names it',
  ([name, value]) => {
    const problems = problemsOf({ [name]: value })
    expect(problems.length).toBeGreaterThan(0)
    for (const problem of problems) expect(problem).toMatch(new RegExp(`^${name}\\b.* must|^${name} is`))
  },
)

const accepted: [name: string, value: string, expected: object][] = [
  ['PORT', '0', { port: 0 }],
  ['HOST', '::1', { publicUrl: 'http://[::1]:3000' }],
  ['HOST', '0.0.0.0', { host: '0.0.0.0', publicUrl: 'http://localhost:3000' }],
  ['PUBLIC_URL', 'https://chat.example.com/', { publicUrl: 'https://chat.example.com' }],
  ['STEP_TIMEOUT_SECONDS', '0.25', { stepTimeoutSeconds: 0.25 }],
  ['RESPONSE_WAIT_SECONDS', '0', { responseWaitSeconds: 0 }],
  ['LOG_LEVEL', 'silent', { logLevel: 'silent' }],
  ['TURNS_PER_MINUTE', '0', { userLimits: { turnsPerMinute: 0 } }],
  ['TOKEN_BUDGET', '2000', { userLimits: { tokenBudget: 2000, budgetWindowHours: 24 } }],
  [
    'MODEL_PRICES',
    '{"openai/m": {"input": 2.5, "output": 10}}',
    { modelPrices: new Map([['openai/m', { input: 2.5, output: 10 }]]) },
  ],
]

test.for(accepted)('%s=%s is understood', ([name, value, expected]) => {
  expect(readConfig({ [name]: value })).toMatchObject(expected)
})

test('a server of tools gets the token that it names, and nobody else does', () => {
  const given = [
    { name: 'docs', url: 'https://docs.example/mcp', token_env: 'DOCS_TOKEN', timeout_seconds: 5 },
    {
      name: 'shop',
      url: 'http://10.0.0.1/mcp',
      headers: { 'x-key': 'k' },
      approval: 'never',
      allow_private: true,
    },
  ]
  const config = readConfig({ MCP_SERVERS: JSON.stringify(given), DOCS_TOKEN: 't0ken' })
  expect(config.mcpServers).toEqual([
    {
      name: 'docs',
      url: 'https://docs.example/mcp',
      headers: { authorization: 'Bearer t0ken' },
      tools: undefined,
      approval: 'destructive',
      timeoutMs: 5000,
      allowPrivate: false,
    },
    {
      name: 'shop',
      url: 'http://10.0.0.1/mcp',
      headers: { 'x-key': 'k' },
      tools: undefined,
      approval: 'never',
      timeoutMs: 30_000,
      allowPrivate: true,
    },
  ])
})

test('all mistakes are reported at once, a line each', () => {
  const problems = problemsOf({ PORT: 'x', LOG_LEVEL: 'loud', DATABASE_URL: postgresUrl, MODEL: 'openai/m' })
  expect(problems.map(problem => problem.split(' ')[0])).toEqual([
    'PORT',
    'LOG_LEVEL',
    'BETTER_AUTH_SECRET',
    'OPENAI_API_KEY',
  ])
  expect(problems.filter(problem => problem.includes('\n'))).toEqual([])
})

test('a database of one’s own needs a secret, the embedded one does not', () => {
  expect(problemsOf({ DATABASE_URL: postgresUrl })).toEqual([expect.stringMatching(/^BETTER_AUTH_SECRET /)])
  expect(readConfig({ DATABASE_URL: postgresUrl, BETTER_AUTH_SECRET: secret })).toMatchObject({
    databaseUrl: postgresUrl,
    secret,
  })
})

test('no message repeats a password, a secret or a key', () => {
  const hidden = ['hunter2', 'too-short', 'sk-live', 'jwks-token']
  const message = problemsOf({
    DATABASE_URL: 'mysql://ada:hunter2@localhost/x',
    BETTER_AUTH_SECRET: 'too-short',
    PUBLIC_URL: 'https://ada:hunter2@example.com',
    MODEL: 'compatible/m',
    MODEL_API_KEY: 'sk-live',
    MODEL_BASE_URL: 'file://sk-live',
    TRUSTED_ISSUERS: '[{"prefix": "a:b", "issuer": "i", "jwks_url": "jwks-token"}]',
  }).join('\n')
  expect(message.split('\n').length).toBeGreaterThanOrEqual(6)
  expect(hidden.filter(text => message.includes(text))).toEqual([])
})

test.for(['postgres://ada:p%@h/db', 'postgres//x', 'localhost:5432', 'postgres://h:99999/db'])(
  'the database address %s is refused before a driver meets it',
  url => {
    expect(problemsOf({ DATABASE_URL: url, BETTER_AUTH_SECRET: secret })).toEqual([
      expect.stringMatching(/^DATABASE_URL must be/),
    ])
  },
)

const issuer = { prefix: 'acme', issuer: 'https://acme.example', jwks_url: 'https://acme.example/jwks' }

test('outside issuers are read with safe algorithms by default', () => {
  const [read] = readConfig({ TRUSTED_ISSUERS: JSON.stringify([issuer]) }).trustedIssuers
  expect(read).toEqual({
    prefix: 'acme',
    issuer: 'https://acme.example',
    jwksUrl: 'https://acme.example/jwks',
    algorithms: ['RS256', 'ES256', 'EdDSA'],
  })
})

const badIssuers: [why: string, issuers: object[]][] = [
  ['no prefix', [{ ...issuer, prefix: undefined }]],
  ['a colon in the prefix', [{ ...issuer, prefix: 'a:b' }]],
  ['one prefix twice', [issuer, { ...issuer, issuer: 'https://other.example' }]],
  ['one issuer twice', [issuer, { ...issuer, prefix: 'other' }]],
  ['a shared-secret algorithm', [{ ...issuer, algorithms: ['HS256'] }]],
  ['the algorithm none', [{ ...issuer, algorithms: ['none'] }]],
  ['no algorithm', [{ ...issuer, algorithms: [] }]],
  ['a misspelt field', [{ ...issuer, audiance: 'x' }]],
  ['keys that are no web address', [{ ...issuer, jwks_url: 'file:///etc/passwd' }]],
]

test.for(badIssuers)('an outside issuer with %s is refused', ([, issuers]) => {
  expect(problemsOf({ TRUSTED_ISSUERS: JSON.stringify(issuers) })).toEqual([
    expect.stringMatching(/^TRUSTED_ISSUERS/),
  ])
})

test('the default address follows the port that was free, a given one stays', () => {
  expect(onPort(readConfig({ PORT: '0' }), 4321).publicUrl).toBe('http://127.0.0.1:4321')
  const given = readConfig({ PORT: '0', PUBLIC_URL: 'https://chat.example.com' })
  expect(onPort(given, 4321)).toMatchObject({ port: 4321, publicUrl: 'https://chat.example.com' })
})

test('.env.example lists every setting once, with its default', () => {
  const text = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8')
  const listed = [...text.matchAll(/^#?([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value])
  expect(listed.map(([name]) => name).sort()).toEqual([...variableNames].sort())
  expect(readConfig(Object.fromEntries(listed))).toEqual(readConfig({}))
})

test('summaries are refused where nothing writes them, and the room of a model is by its family unless it is set', () => {
  expect(problemsOf({ SUMMARIES: 'on' })).toEqual([expect.stringMatching(/^SUMMARIES is on/)])
  expect(problemsOf({ SUMMARIES: 'on', AGENT: './agent.ts' })).toEqual([])
  expect(readConfig({}).model.contextTokens).toBeUndefined()
  expect(readConfig({ CONTEXT_TOKENS: '9000' }).model.contextTokens).toBe(9000)
})
