import type { McpServerSettings } from '../../mcp-settings.ts'
import type { Logger } from '../../telemetry.ts'
import type { ToolSource } from '../working-agent.ts'
import type { McpServer, Reporter } from './mcp-server.ts'

/** The tools of remote MCP servers. The client's package is loaded when they are first needed. */
export function openMcpServers(settings: readonly McpServerSettings[], log: Logger): ToolSource {
  const told = new Set<string>()
  let opened: Promise<McpServer[]> | undefined
  const open = async () => {
    const { McpServer } = await import('./mcp-server.ts')
    return settings.map(each => new McpServer(each, reporterOf(each.name, log, told)))
  }
  const servers = () => {
    opened ??= open()
    return opened
  }
  return {
    async list() {
      if (settings.length === 0) return []
      return (await Promise.all((await servers()).map(server => server.list()))).flat()
    },
    leaveOut: ({ name }) =>
      once(told, name, () => log.warn({ tool: name }, 'the agent has a tool of this name')),
    async [Symbol.asyncDispose]() {
      for (const server of (await opened) ?? []) await server[Symbol.asyncDispose]()
    },
  }
}

const reporterOf = (server: string, log: Logger, told: Set<string>): Reporter => ({
  lost: error => log.warn({ err: error, mcp_server: server }, 'mcp server is away: its tools are absent'),
  found: tools => log.info({ mcp_server: server, tools }, 'mcp server is back'),
  leftOut: (tool, why) =>
    once(told, `${server}/${tool}`, () => log.warn({ mcp_server: server, tool, why }, 'mcp tool left out')),
})

function once(told: Set<string>, what: string, tell: () => void): void {
  if (told.has(what)) return
  told.add(what)
  tell()
}
