import type { Tool as ListedTool } from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { Tool } from '../agent/tool.ts'
import { keyProperties } from './mcp-key.ts'

/** The agent's tools in MCP's form. */

/**
 * External calls are made in turns only: there each is journaled before it starts, so that an interrupted one is never
 * repeated silently. Over MCP nothing could guarantee that.
 */
export type OfferedTool = Exclude<Tool, { effect: 'external' }>

export const offeredTools = (tools: readonly Tool[]): OfferedTool[] =>
  tools.filter(tool => tool.effect !== 'external')

const listed = new WeakMap<OfferedTool, ListedTool>()

export function listedTool(tool: OfferedTool): ListedTool {
  const known = listed.get(tool) ?? describe(tool)
  listed.set(tool, known)
  return known
}

const describe = (tool: OfferedTool): ListedTool => ({
  name: tool.name,
  title: titleOf(tool.name),
  description: tool.description,
  inputSchema: inputSchemaOf(tool),
  ...(tool.output && { outputSchema: outputSchemaOf(tool.output) }),
  annotations: {
    title: titleOf(tool.name),
    readOnlyHint: tool.hints.readOnly ?? false,
    destructiveHint: tool.hints.destructive ?? true,
    idempotentHint: tool.hints.idempotent ?? false,
    openWorldHint: false,
  },
})

function titleOf(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const confirm = {
  type: 'boolean',
  description:
    'Only after the user has agreed to this very call: true. A client that can ask the user itself is asked to.',
}

function inputSchemaOf(tool: OfferedTool): ListedTool['inputSchema'] {
  const { inputSchema, mayAsk } = tool
  const properties = { ...inputSchema.properties, ...(mayAsk && { confirm }), ...keyProperties(tool) }
  // A JSON schema is JSON; only its type does not say so.
  return { ...inputSchema, type: 'object', properties } as ListedTool['inputSchema']
}

/** zod writes draft 2020-12, which is also MCP's. */
function outputSchemaOf(output: z.ZodObject): NonNullable<ListedTool['outputSchema']> {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(output, { io: 'output' })
  return { ...schema, type: 'object' }
}
