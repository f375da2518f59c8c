import type { CallToolResult } from '@modelcontextprotocol/client'
import { type JsonObject, ToolError } from '../tool.ts'

/** A model reads the result with every further step. */
const maxCharacters = 50_000
const maxErrorCharacters = 2_000

/** The result of a remote tool as bounded data. Shortened text says so; images and the like are named, not kept. */
export function resultOf({ content, structuredContent, isError }: CallToolResult): JsonObject {
  const text = content
    .map(part => (part.type === 'text' ? part.text : ''))
    .join('\n')
    .trim()
  if (isError)
    throw new ToolError(cut(text, maxErrorCharacters) || 'The tool failed without saying why', 'tool_failed')
  const omitted = content.flatMap(part => (part.type === 'text' ? [] : [part.type]))
  const also = omitted.length > 0 ? { omitted } : {}
  if (isSmallObject(structuredContent)) return { ...structuredContent, ...also }
  return { text: cut(text, maxCharacters), ...(text.length > maxCharacters && { truncated: true }), ...also }
}

/** Was parsed from JSON. */
const isSmallObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  JSON.stringify(value).length <= maxCharacters

export const cut = (text: string, length: number) =>
  text.length > length ? `${text.slice(0, length).toWellFormed()}…` : text
