import { z } from 'zod'
import { isWebAddress, json, textThat } from './config-values.ts'

/** A remote server of the Model Context Protocol, which provides tools. */
export interface McpServerSettings {
  /** Its tools are named `<name>_<tool>`. */
  readonly name: string
  readonly url: string
  /** May contain secrets: never log them. */
  readonly headers: Readonly<Record<string, string>>
  /** The tools to use; undefined: all of them. */
  readonly tools: readonly string[] | undefined
  /** Which calls need the user's approval. */
  readonly approval: 'always' | 'destructive' | 'never'
  readonly timeoutMs: number
  /** Whether its address may be in a private network or on this machine. */
  readonly allowPrivate: boolean
}

const server = z
  .strictObject(
    {
      name: textThat(text => /^[A-Za-z0-9-]{1,32}$/.test(text), 'must be 1 to 32 letters, digits or dashes'),
      url: textThat(isWebAddress, 'must be an http or https address'),
      headers: z.record(z.string(), z.string(), 'must be an object of texts').default({}),
      token_env: z.string('must be the name of a variable').optional(),
      tools: z.array(z.string(), 'must be an array of names').optional(),
      approval: z
        .enum(['always', 'destructive', 'never'], 'must be always, destructive or never')
        .default('destructive'),
      timeout_seconds: z
        .number('must be a number of seconds from 0.1 to 3600')
        .refine(value => value >= 0.1 && value <= 3600, 'must be a number of seconds from 0.1 to 3600')
        .default(30),
      allow_private: z.boolean('must be true or false').default(false),
    },
    'must be an object of name, url, headers, token_env, tools, approval, timeout_seconds, allow_private and nothing else',
  )
  .refine(({ headers }) => areHeaders(headers), 'must have headers that HTTP takes')

type Given = z.output<typeof server>

export const mcpServers = json('array', '[{"name": "docs", "url": "https://docs.example/mcp"}]')
  .pipe(
    z
      .array(server, 'must be a JSON array')
      .refine(
        servers => new Set(servers.map(({ name }) => name)).size === servers.length,
        'must give each server a name of its own',
      ),
  )
  .default([])

/** MCP_SERVERS: the servers with the tokens that `token_env` names, and the names that are not set. */
export function withTokens(
  given: readonly Given[],
  environment: Readonly<Record<string, string | undefined>>,
): { servers: McpServerSettings[]; problems: string[] } {
  const problems = given.flatMap(({ name, token_env: variable }) =>
    variable && !environment[variable]?.trim()
      ? [`MCP_SERVERS: ${variable} must be set: it has the token for ${name}`]
      : [],
  )
  const servers = given.map(
    ({ token_env: variable, timeout_seconds, allow_private, headers, tools, ...rest }) => ({
      ...rest,
      tools,
      headers: variable ? { ...headers, authorization: `Bearer ${environment[variable]?.trim()}` } : headers,
      timeoutMs: timeout_seconds * 1000,
      allowPrivate: allow_private,
    }),
  )
  return { servers, problems }
}

function areHeaders(headers: Record<string, string>): boolean {
  try {
    return new Headers(headers) !== undefined
  } catch {
    return false
  }
}
