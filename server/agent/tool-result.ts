import type { JsonObject } from './tool.ts'
import { ToolError } from './tool.ts'

/** Limit of the JSON text. A result is sent to the model with every further step. */
const maxCharacters = 1_000_000

/**
 * Converts a tool's result to storable JSON, without characters that jsonb rejects (NUL, lone surrogates). Throws when
 * it cannot be JSON, such as a BigInt or a circular structure.
 */
export function storableResult(result: unknown): JsonObject {
  const text = JSON.stringify(result ?? {})
  if (text === undefined) throw new TypeError('The tool returned a function or a symbol')
  if (text.length > maxCharacters)
    throw new ToolError('The result is too large to be stored', 'result_too_large')
  const value: unknown = JSON.parse(text.replace(notText, '$1\\ufffd'))
  // JSON.parse produces JSON; a bare value is wrapped in an object.
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { result: value }
  ) as JsonObject
}

/** JSON.stringify writes both, and nothing else, as these escapes. */
const notText = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g
