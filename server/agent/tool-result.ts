import type { JsonObject } from './tool.ts'
import { ToolError } from './tool.ts'

/** Of the JSON text. A result is sent to the model with every further step. */
const maxCharacters = 1_000_000

/**
 * What a tool returned as it can be stored: JSON, without characters that jsonb refuses (NUL, half a character). Throws
 * when it is no JSON at all, as a number too big for it or something that refers to itself.
 */
export function storableResult(result: unknown): JsonObject {
  const text = JSON.stringify(result ?? {})
  if (text === undefined) throw new TypeError('The tool returned a function or a symbol')
  if (text.length > maxCharacters)
    throw new ToolError('The result is too large to be stored', 'result_too_large')
  const value: unknown = JSON.parse(text.replace(notText, '$1\\ufffd'))
  // What JSON.parse has made is JSON; a bare value gets a name.
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { result: value }
  ) as JsonObject
}

/** Stringifying writes both, and nothing else, as these escapes. */
const notText = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g
