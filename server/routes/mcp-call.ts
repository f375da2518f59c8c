import { randomUUID } from 'node:crypto'
import {
  type CallToolRequest,
  type CallToolResult,
  type InputRequiredResult,
  isInputRequiredResult,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { failureOf, type JsonObject, parseArguments, type ToolContext } from '../agent/tool.ts'
import { checkToolInput } from '../agent/tool-input.ts'
import type { AuthenticatedUser } from '../auth/authenticated-user.ts'
import { type Database, lend, withUser } from '../db/database.ts'
import { isDatabaseAway } from '../db/failure.ts'
import { AppError } from '../errors.ts'
import { findTimeZone } from '../store/user-settings.ts'
import type { Logger } from '../telemetry.ts'
import { orAborted } from '../turns/call-out.ts'
import type { Confirmations } from './mcp-confirmation.ts'
import { doOnce, splitKey } from './mcp-key.ts'
import type { OfferedTool } from './mcp-tools.ts'

export interface McpCalls {
  db: Database
  log: Logger
  toolsFor(caller: McpCaller): Promise<readonly OfferedTool[]>
  confirmations: Confirmations
  /** Time limit of one call. */
  timeoutMs: number
}

export interface McpCaller {
  user: AuthenticatedUser
  /** Undefined: the user's own setting. */
  timeZone: string | undefined
}

type Outcome = CallToolResult | InputRequiredResult

/** One `tools/call`. Only an unknown tool is a protocol error; every other failure is a result. */
export async function callTool(
  calls: McpCalls,
  caller: McpCaller,
  { params, ctx }: { params: CallToolRequest['params']; ctx: ServerContext },
): Promise<Outcome> {
  const tool = (await calls.toolsFor(caller)).find(({ name }) => name === params.name)
  if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no tool ${params.name}`)
  try {
    const outcome = await carryOut(calls, caller, { tool, params, ctx })
    return isInputRequiredResult(outcome) ? outcome : success(tool, outcome)
  } catch (error) {
    return failure(calls.log, tool, error)
  }
}

interface Call {
  tool: OfferedTool
  params: CallToolRequest['params']
  ctx: ServerContext
}

/** Consent, effect and result share one transaction: what the user agreed to is exactly what is done. */
async function carryOut(
  { db, confirmations, timeoutMs }: McpCalls,
  { user, timeZone }: McpCaller,
  { tool, params, ctx }: Call,
): Promise<JsonObject | InputRequiredResult> {
  const { args, confirm, key } = readArguments(tool, params)
  const signal = AbortSignal.any([ctx.mcpReq.signal, AbortSignal.timeout(timeoutMs)])
  const context: ToolContext = {
    userId: user.id,
    user,
    signal,
    idempotencyKey: randomUUID(),
    timeZone: timeZone ?? 'UTC',
  }
  const agree = async (ask: () => string | Promise<string> | undefined) => {
    if (!tool.needsApproval(args, { message: '' })) return undefined
    const question = (await ask()) ?? `May ${tool.name} be run?`
    return confirmations.demand(ctx, { name: tool.name, args, question, confirm })
  }
  if (tool.effect === 'none') {
    const work = async () => (await agree(() => tool.question?.(args, context))) ?? tool.run(args, context)
    return orAborted(signal, work())
  }
  // A savepoint cannot be released after a failed statement, even one whose error the tool ignored; a commit would not
  // tell.
  return withUser(db, user.id, tx =>
    tx.transaction(savepoint =>
      lend(savepoint, async lent => {
        const inside = {
          ...context,
          timeZone: timeZone ?? (await findTimeZone(savepoint, user.id)),
          tx: lent,
        }
        const call = { userId: user.id, key, name: tool.name, args }
        const work = () => doOnce(savepoint, call, () => tool.run(args, inside))
        return (await agree(() => tool.question?.(args, inside))) ?? work()
      }),
    ),
  )
}

/** Separates our own arguments from the tool's: `confirm`, if a call may need consent, and the idempotency key. */
function readArguments(tool: OfferedTool, params: CallToolRequest['params']) {
  const { key, given } = splitKey(tool, params)
  const { confirm, ...rest } = given
  const { input, invalid } = checkToolInput(tool.mayAsk ? rest : given)
  if (invalid !== undefined) throw new AppError('invalid', invalid)
  const parsed = parseArguments(tool, input)
  if (!parsed.ok) throw new AppError('invalid', parsed.message)
  return { args: parsed.args, confirm, key }
}

const success = (tool: OfferedTool, result: JsonObject): CallToolResult => ({
  content: [{ type: 'text', text: JSON.stringify(result) }],
  ...(tool.output && { structuredContent: result }),
})

/** The code is in `_meta`: a structured result would have to match the tool's success schema. */
function failure(log: Logger, tool: OfferedTool, error: unknown): CallToolResult {
  const known = isDatabaseAway(error) ? new AppError('database_unavailable') : error
  const said = failureOf(known) ?? { error: 'The tool failed', code: 'tool_failed' }
  if (known !== error || !failureOf(error)) log.error({ err: error, tool: tool.name }, 'tool failed')
  return {
    content: [{ type: 'text', text: said.error }],
    isError: true,
    _meta: { 'colloquy/code': said.code },
  }
}
