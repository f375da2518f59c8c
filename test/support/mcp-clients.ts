import { createMCPClient } from '@ai-sdk/mcp'
import {
  Client as NewClient,
  StreamableHTTPClientTransport as NewTransport,
} from '@modelcontextprotocol/client'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Client } from './server.ts'

/** Third-party MCP clients behind one interface. */

export interface ToolCallResult {
  text: string
  isError: boolean
  structured: unknown
  meta: Record<string, unknown>
}

export interface McpClient extends AsyncDisposable {
  listTools(): Promise<ListedTool[]>
  callTool(name: string, args?: Record<string, unknown>): Promise<ToolCallResult>
}

export interface ListedTool {
  name: string
  annotations?: Record<string, unknown> | undefined
  inputSchema: { [key: string]: unknown }
  outputSchema?: { [key: string]: unknown } | undefined
}

type Open = (server: { url: string }, client: Client) => Promise<McpClient>

const info = { name: 'a test', version: '1' }
const placeOf = ({ url }: { url: string }, { token }: Client) =>
  [new URL('/mcp', url), { requestInit: { headers: { authorization: `Bearer ${token}` } } }] as const

interface RawResult {
  content?: unknown
  isError?: boolean | undefined
  structuredContent?: unknown
  _meta?: Record<string, unknown> | undefined
}

function resultOf({ content, isError, structuredContent, _meta }: RawResult): ToolCallResult {
  const [first] = Array.isArray(content) ? content : []
  return { text: first?.text, isError: isError === true, structured: structuredContent, meta: _meta ?? {} }
}

/** Answers an elicitation; receives the question. */
export type Ask = (message: string) => Answer | Promise<Answer>
type Answer = { action: 'accept' | 'decline' | 'cancel'; confirm?: boolean }

/** A client of the 2026-07-28 revision; with `ask` it can ask its user. */
export async function openNewClient(
  server: { url: string },
  client: Client,
  { mode = 'auto', ask }: { mode?: 'auto' | 'legacy'; ask?: Ask | undefined } = {},
): Promise<McpClient> {
  const capabilities = ask ? { elicitation: { form: {} } } : {}
  const opened = new NewClient(info, { versionNegotiation: { mode }, capabilities })
  if (ask)
    opened.setRequestHandler('elicitation/create', async request => {
      const { action, confirm } = await ask(request.params.message)
      return { action, ...(confirm === undefined ? {} : { content: { confirm } }) }
    })
  await opened.connect(new NewTransport(...placeOf(server, client)))
  return {
    listTools: async () => (await opened.listTools()).tools,
    callTool: async (name, args = {}) => resultOf(await opened.callTool({ name, arguments: args })),
    [Symbol.asyncDispose]: () => opened.close(),
  }
}

async function openOldClient(server: { url: string }, client: Client): Promise<McpClient> {
  const opened = new OldClient(info)
  // The old package's transport differs from its own interface only under exactOptionalPropertyTypes.
  await opened.connect(new OldTransport(...placeOf(server, client)) as Parameters<OldClient['connect']>[0])
  return {
    listTools: async () => (await opened.listTools()).tools,
    callTool: async (name, args = {}) => resultOf(await opened.callTool({ name, arguments: args })),
    [Symbol.asyncDispose]: () => opened.close(),
  }
}

async function openAiSdkClient(server: { url: string }, client: Client): Promise<McpClient> {
  const url = new URL('/mcp', server.url).href
  const headers = { authorization: `Bearer ${client.token}` }
  const opened = await createMCPClient({ transport: { type: 'http', url, headers } })
  const tools = await opened.tools()
  return {
    listTools: async () => (await opened.listTools()).tools,
    async callTool(name, args = {}) {
      const options = { toolCallId: '1', messages: [], context: {} }
      return resultOf((await tools[name]?.execute?.(args, options)) as RawResult)
    },
    [Symbol.asyncDispose]: () => opened.close(),
  }
}

export const clients: [name: string, open: Open][] = [
  ['@modelcontextprotocol/client, revision 2026-07-28', (server, client) => openNewClient(server, client)],
  [
    '@modelcontextprotocol/client, older revisions',
    (server, client) => openNewClient(server, client, { mode: 'legacy' }),
  ],
  ['@modelcontextprotocol/sdk', openOldClient],
  ['@ai-sdk/mcp', openAiSdkClient],
]

/** Posts a raw request of the 2026-07-28 revision, with any `params` a client might invent. */
export function postMcp(
  server: { url: string },
  { token }: Pick<Client, 'token'>,
  {
    method,
    params = {},
    meta: more = {},
  }: { method: string; params?: Record<string, unknown>; meta?: Record<string, unknown> },
): Promise<Response> {
  const version = '2026-07-28'
  const meta = {
    ...more,
    'io.modelcontextprotocol/protocolVersion': version,
    'io.modelcontextprotocol/clientInfo': info,
    'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
  }
  const name = typeof params.name === 'string' ? { 'mcp-name': params.name } : {}
  return fetch(new URL('/mcp', server.url), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': version,
      'mcp-method': method,
      ...name,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { _meta: meta, ...params } }),
  })
}
