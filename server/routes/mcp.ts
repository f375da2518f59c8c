import { hostHeaderValidation, originValidation } from '@modelcontextprotocol/hono'
import {
  createMcpHandler,
  type McpRequestContext,
  ProtocolError,
  ProtocolErrorCode,
  Server,
} from '@modelcontextprotocol/server'
import type { TokenVerifier } from '../auth/token-verifier.ts'
import type { Config } from '../config.ts'
import type { Logger } from '../telemetry.ts'
import { orAborted } from '../turns/call-out.ts'
import type { Engine } from '../turns/engine.ts'
import { createApi } from './api.ts'
import { boundBody } from './bound-body.ts'
import { callTool, type McpCaller, type McpCalls } from './mcp-call.ts'
import { createConfirmations } from './mcp-confirmation.ts'
import { mcpPost } from './mcp-contract.ts'
import { listedTool, type OfferedTool, offeredTools } from './mcp-tools.ts'
import { timeZoneOf } from './post-message.ts'
import { protectedResourceRoutes, requireTokenFor } from './protected-resource.ts'

interface McpContext {
  config: Pick<Config, 'publicUrl' | 'trustedIssuers' | 'maxBodyBytes'>
  log: Logger
  engine: Engine
  tokens: TokenVerifier
  sealingKey: Uint8Array
}

const path = '/mcp'
/** The messages of a batch (up to revision 2025-03-26) run concurrently. */
const maxBatch = 20

/**
 * `/mcp`: the agent's tools over the Model Context Protocol, as the token's user and without the agent's model. Each
 * request is self-contained; no state is kept between requests, so any instance can serve them.
 */
export function mcpRoutes({ config, log, engine, tokens, sealingKey }: McpContext) {
  const { publicUrl, trustedIssuers, maxBodyBytes } = config
  const handler = createMcpHandler(createServerFor(engine, log, sealingKey), {
    // The offer never changes while the server runs: there is nothing to subscribe to.
    maxSubscriptions: 0,
    onerror: error => log.debug({ err: error }, 'mcp request refused'),
  })
  const api = createApi()
  const issuers = trustedIssuers.map(({ issuer }) => issuer)
  api.route('/', protectedResourceRoutes({ publicUrl, path, issuers }))
  api.openAPIRegistry.registerPath(mcpPost)
  // Against DNS rebinding; first, so that a page of another origin learns nothing.
  const hosts = hostsOf(publicUrl)
  api.use(path, hostHeaderValidation(hosts), originValidation(hosts))
  api.use(path, requireTokenFor(tokens, { publicUrl, path }), boundBody(maxBodyBytes))
  api.all(path, async c => {
    const caller: McpCaller = { user: c.var.user, timeZone: timeZoneOf(c) }
    const body = c.req.method === 'POST' ? readJson(await c.req.text()) : undefined
    if (c.req.method === 'POST' && body === undefined) return c.json(parseError, 400)
    if (Array.isArray(body) && body.length > maxBatch) return c.json(batchTooLong, 400)
    const answer = await handler.fetch(c.req.raw, {
      // The library's field for the token's holder; a request's state is bound to it.
      authInfo: { token: '', clientId: c.var.user.id, scopes: [], extra: { caller } },
      ...(body !== undefined && { parsedBody: body }),
    })
    answer.headers.set('x-request-id', c.var.requestId)
    return answer
  })
  return api
}

function createServerFor(engine: Engine, log: Logger, sealingKey: Uint8Array) {
  const { agent, db, limits } = engine
  const confirmations = createConfirmations(sealingKey)
  const calls: McpCalls = {
    db,
    log,
    toolsFor: caller => toolsFor(engine, caller),
    confirmations,
    timeoutMs: limits.stepTimeoutMs,
  }
  const introduced = agent.introduction === undefined ? {} : { instructions: agent.introduction }
  return ({ authInfo }: McpRequestContext) => {
    // Set above from the verified token.
    const caller = authInfo?.extra?.caller as McpCaller
    const server = new Server(
      { name: 'colloquy', title: 'Colloquy', version: '1' },
      { capabilities: { tools: {} }, ...introduced, requestState: { verify: confirmations.verify } },
    )
    server.setRequestHandler('tools/list', async () => ({
      tools: (await calls.toolsFor(caller)).map(listedTool),
    }))
    server.setRequestHandler('tools/call', ({ params }, ctx) => callTool(calls, caller, { params, ctx }))
    return server
  }
}

/** The agent's tools for this user, outside any conversation. */
async function toolsFor(
  { agent, limits, log }: Engine,
  { user, timeZone }: McpCaller,
): Promise<OfferedTool[]> {
  const context = { now: new Date().toISOString(), time_zone: timeZone ?? 'UTC', locale: 'en' }
  try {
    const tools = agent.ownToolsFor({ user, conversation: undefined, context })
    return offeredTools(await orAborted(AbortSignal.timeout(limits.stepTimeoutMs), tools))
  } catch (error) {
    log.error({ err: error }, 'the agent has no tools for a user')
    throw new ProtocolError(ProtocolErrorCode.InternalError, 'The assistant is not available')
  }
}

/** The host names of the server; for a local server, all loopback names. */
function hostsOf(publicUrl: string): string[] {
  const { hostname } = new URL(publicUrl)
  const loopback = ['localhost', '127.0.0.1', '[::1]']
  return loopback.includes(hostname) ? loopback : [hostname]
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const refusal = (code: number, message: string) => ({ jsonrpc: '2.0', error: { code, message }, id: null })
const parseError = refusal(-32_700, 'The request is not valid JSON')
const batchTooLong = refusal(-32_600, `A batch has at most ${maxBatch} messages`)
