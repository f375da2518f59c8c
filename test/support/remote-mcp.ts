import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import {
  type CallToolRequest,
  type CallToolResult,
  createMcpHandler,
  type Tool as ListedTool,
  Server,
} from '@modelcontextprotocol/server'

/** A real third-party MCP server, with the tools that the test defines. */
export interface RemoteMcp extends AsyncDisposable {
  url: string
  port: number
  /** Every call that reached it: name, arguments, idempotency key. */
  calls: { name: string; args: unknown; key: unknown }[]
  /** Cuts every connection and stops listening. */
  die(): Promise<void>
}

export interface RemoteTool extends Partial<ListedTool> {
  name: string
  run(args: Record<string, unknown>): CallToolResult | Promise<CallToolResult>
}

export const text = (value: string): CallToolResult => ({ content: [{ type: 'text', text: value }] })

export async function startRemoteMcp(tools: RemoteTool[], port = 0): Promise<RemoteMcp> {
  const calls: RemoteMcp['calls'] = []
  const handler = createMcpHandler(() => createServer(tools, calls))
  // Without TLS options the adapter creates a node:http server.
  const http = createAdaptorServer({ fetch: request => handler.fetch(request) }) as HttpServer
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, '127.0.0.1', resolve)
  })
  const die = () =>
    new Promise<void>(resolve => {
      http.close(() => resolve())
      http.closeAllConnections()
    })
  const address = http.address() as AddressInfo // it listens on a TCP port
  return {
    url: `http://127.0.0.1:${address.port}/mcp`,
    port: address.port,
    calls,
    die,
    [Symbol.asyncDispose]: die,
  }
}

function createServer(tools: RemoteTool[], calls: RemoteMcp['calls']): Server {
  const server = new Server({ name: 'remote', version: '1' }, { capabilities: { tools: {} } })
  server.setRequestHandler('tools/list', () => ({
    tools: tools.map(({ run: _run, ...tool }) => ({ inputSchema: { type: 'object' as const }, ...tool })),
  }))
  server.setRequestHandler('tools/call', async ({ params }: CallToolRequest) => {
    const args = params.arguments ?? {}
    calls.push({ name: params.name, args, key: params._meta?.['colloquy/idempotency-key'] })
    const tool = tools.find(({ name }) => name === params.name)
    if (!tool) throw new Error(`There is no tool ${params.name}`)
    return tool.run(args)
  })
  return server
}
