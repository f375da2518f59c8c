import {
  type CallToolResult,
  Client,
  type Tool as ListedTool,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client'
import type { McpServerSettings } from '../../mcp-settings.ts'
import type { JsonObject, Tool, ToolContext } from '../tool.ts'
import { createGuardedFetch, NotReached } from './guarded-fetch.ts'
import { isGone, sayWhy } from './mcp-failure.ts'
import { resultOf } from './mcp-result.ts'
import { remoteTool } from './mcp-tool.ts'

const connectMs = 5_000
/** How long a turn waits for a server that did not answer the last time. */
const impatientMs = 1_000
const freshMs = 300_000
const backOffMs = { first: 1_000, most: 60_000 }
const maxTools = 128
const maxBytes = 8_388_608

/** Where a call's idempotency key is sent, for servers that read it, as ours does. */
export const keyInMeta = 'colloquy/idempotency-key'

/** Told about each change in a server's state, once. */
export interface Reporter {
  lost(error: unknown): void
  found(tools: number): void
  leftOut(tool: string, why: string): void
}

/**
 * A remote MCP server. Connected when its tools are first needed; while unreachable it has none and is retried after a
 * pause that doubles.
 */
export class McpServer implements AsyncDisposable {
  readonly #settings: McpServerSettings
  readonly #reporter: Reporter
  #client: Client | undefined
  #tools: readonly Tool[] = []
  #listedAt = Number.NEGATIVE_INFINITY
  #connecting: Promise<void> | undefined
  #failures = 0
  #retryAt = 0

  constructor(settings: McpServerSettings, reporter: Reporter) {
    this.#settings = settings
    this.#reporter = reporter
  }

  /** Never throws, and never waits long. */
  async list(): Promise<readonly Tool[]> {
    const now = performance.now()
    const isStale = now - this.#listedAt > freshMs
    if (this.#client && !isStale) return this.#tools
    if (now >= this.#retryAt)
      this.#connecting ??= this.#connect().finally(() => (this.#connecting = undefined))
    if (!this.#client && this.#connecting)
      await within(this.#failures > 0 ? impatientMs : connectMs, this.#connecting)
    return this.#tools
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client?.close().catch(() => {})
  }

  async #connect(): Promise<void> {
    const wasLost = this.#failures > 0
    try {
      const client = this.#client ?? (await this.#open())
      const { tools } = await client.listTools(undefined, { timeout: connectMs })
      this.#client = client
      this.#tools = this.#accept(tools)
      this.#listedAt = performance.now()
      this.#failures = 0
      if (wasLost) this.#reporter.found(this.#tools.length)
    } catch (error) {
      this.#lose(error)
    }
  }

  async #open(): Promise<Client> {
    const { url, headers, timeoutMs, allowPrivate } = this.#settings
    const request = createGuardedFetch({ allowPrivate, timeoutMs: Math.max(timeoutMs, connectMs), maxBytes })
    const transport = new StreamableHTTPClientTransport(new URL(url), {
      requestInit: { headers: { ...headers } },
      fetch: (input, init) => (isStandingStream(init) ? Promise.resolve(noStream()) : request(input, init)),
    })
    const client = new Client(
      { name: 'colloquy', version: '1' },
      {
        versionNegotiation: { mode: 'auto', probe: { timeoutMs: connectMs } },
        inputRequired: { autoFulfill: false },
        listMaxPages: 8,
        // Results are only data for the model. Another server's schema is not evaluated here: its patterns could run
        // forever.
        jsonSchemaValidator: {
          getValidator: () => value => ({ valid: true, data: value as never, errorMessage: undefined }),
        },
      },
    )
    // The transport's optional fields allow undefined, the interface's do not.
    await client.connect(transport as Parameters<Client['connect']>[0], { timeout: connectMs })
    return client
  }

  #lose(error: unknown): void {
    void this.#client?.close().catch(() => {})
    this.#client = undefined
    this.#tools = []
    this.#listedAt = Number.NEGATIVE_INFINITY
    if (this.#failures === 0) this.#reporter.lost(error)
    this.#retryAt = performance.now() + Math.min(backOffMs.most, backOffMs.first * 2 ** this.#failures)
    this.#failures += 1
  }

  #accept(listed: readonly ListedTool[]): Tool[] {
    const { tools: allowed } = this.#settings
    const accepted = new Map<string, Tool>()
    for (const each of listed) {
      if (allowed && !allowed.includes(each.name)) continue
      const tool = remoteTool(this.#settings, each, (...call) => this.#call(...call))
      const why =
        (!tool && 'its schema is too large, or not that of an object') ||
        (tool && accepted.has(tool.name) && 'another tool has its name') ||
        (accepted.size >= maxTools && `a server may have ${maxTools} tools`)
      if (why || !tool) this.#reporter.leftOut(each.name, why || 'it is none')
      else accepted.set(tool.name, tool)
    }
    return [...accepted.values()]
  }

  async #call(name: string, args: JsonObject, context: ToolContext): Promise<JsonObject> {
    const { name: server } = this.#settings
    try {
      return resultOf(await this.#ask(name, args, context))
    } catch (error) {
      throw sayWhy(error, server)
    }
  }

  async #ask(name: string, args: JsonObject, context: ToolContext): Promise<CallToolResult> {
    const { timeoutMs } = this.#settings
    const call = { name, arguments: args, _meta: { [keyInMeta]: context.idempotencyKey } }
    const options = { signal: context.signal, timeout: timeoutMs }
    const client = this.#client ?? (await this.#reconnected())
    try {
      return await client.callTool(call, options)
    } catch (error) {
      if (!isGone(error)) throw error
      // The server has dropped our session or is unreachable: either way the call has not started.
      this.#lose(error)
      return (await this.#reconnected()).callTool(call, options)
    }
  }

  async #reconnected(): Promise<Client> {
    this.#retryAt = 0
    await this.list()
    if (this.#client) return this.#client
    throw new NotReached('The server cannot be connected to')
  }
}

/**
 * Refuses the standing stream: notifications of changed tools are not worth an idle connection per process. Resuming a
 * broken response is allowed.
 */
const isStandingStream = (init: RequestInit | undefined) =>
  init?.method === 'GET' && !new Headers(init.headers).has('last-event-id')

const noStream = () => new Response(null, { status: 405 })

/** Resolves when the work is done or the time has passed. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, ms)
  await Promise.race([work, late.promise]).finally(() => clearTimeout(timer))
}
