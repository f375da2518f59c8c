import type { Json } from '../turns/event.ts'

type Input = { input: { [key: string]: Json }; invalid?: string }

/** Parses the arguments that the model wrote. Unusable ones become `{}` with a reason for the model. */
export function parseToolInput(text: string): Input {
  if (text.trim() === '') return { input: {} }
  try {
    return checkToolInput(JSON.parse(text))
  } catch (error) {
    return { input: {}, invalid: `The arguments are not valid JSON: ${reasonOf(error)}` }
  }
}

/**
 * Checks that parsed arguments suit the tools and the database: a call is stored and sent back to the provider, and
 * both accept only objects.
 */
export function checkToolInput(input: unknown): Input {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return { input: {}, invalid: 'The arguments must be a JSON object' }
  try {
    if (!isStorable(input)) {
      return {
        input: {},
        invalid: 'The arguments hold characters that are not text (NUL or half a character)',
      }
    }
    // JSON.parse produces only JSON values.
    return { input: input as { [key: string]: Json } }
  } catch {
    return { input: {}, invalid: 'The arguments are nested too deeply' }
  }
}

/** jsonb rejects NUL and lone surrogates. JSON.stringify writes both, and nothing else, as these escapes. */
function isStorable(input: object): boolean {
  return !/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(JSON.stringify(input))
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** A tool name that every provider accepts; any other would be rejected in all later requests. */
export function safeToolName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64) || 'unnamed_tool'
}
