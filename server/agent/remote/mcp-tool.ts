import type { JSONSchema7 } from '@ai-sdk/provider'
import type { Tool as ListedTool } from '@modelcontextprotocol/client'
import { z } from 'zod'
import type { McpServerSettings } from '../../mcp-settings.ts'
import type { JsonObject, Tool, ToolContext } from '../tool.ts'
import { safeToolName } from '../tool-input.ts'
import { cut } from './mcp-result.ts'

const maxDescription = 2_000
const maxSchema = 20_000
const maxQuestion = 300

export type CallRemote = (name: string, args: JsonObject, context: ToolContext) => Promise<JsonObject>

/** Wraps a remote tool as one of ours; undefined when its schema cannot be given to a model. */
export function remoteTool(
  { name: server, approval }: Pick<McpServerSettings, 'name' | 'approval'>,
  listed: ListedTool,
  call: CallRemote,
): Tool | undefined {
  const { $schema: _dialect, ...schema } = listed.inputSchema
  if (schema.type !== 'object' || JSON.stringify(schema).length > maxSchema) return undefined
  const { readOnlyHint, destructiveHint, idempotentHint } = listed.annotations ?? {}
  const isHarmless = readOnlyHint === true || destructiveHint === false
  const asks = approval === 'always' || (approval === 'destructive' && !isHarmless)
  const tool: Tool<Record<string, unknown>> = {
    name: safeToolName(`${server}_${listed.name}`),
    description: cut(listed.description ?? listed.title ?? '', maxDescription),
    effect: 'external',
    // The remote server checks the arguments.
    input: z.record(z.string(), z.unknown()),
    // Drafts 2020-12 and 7 agree on what tools use; the remote schema is passed on unchanged.
    inputSchema: schema as JSONSchema7,
    hints: {
      ...(readOnlyHint === true && { readOnly: true }),
      ...(isHarmless && { destructive: false }),
      ...(idempotentHint === true && { idempotent: true }),
    },
    mayAsk: asks,
    needsApproval: () => asks,
    question: args => `May I use ${listed.name} of ${server} with ${cut(JSON.stringify(args), maxQuestion)}?`,
    // A model's arguments are JSON.
    run: (args, context) => call(listed.name, args as JsonObject, context),
  }
  // Only ever called with arguments that `input` has parsed.
  return tool as Tool
}
