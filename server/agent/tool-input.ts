import type { Json } from '../turns/event.ts'

type Input = { input: { [key: string]: Json }; invalid?: string }

/**
 * The arguments as the model wrote them. What the tools and the database cannot take becomes `{}` and a reason for
 * the model: the call is stored and sent back to the provider, and both accept objects only.
 */
export function parseToolInput(text: string): Input {
  if (text.trim() === '') return { input: {} }
  try {
    const input: unknown = JSON.parse(text)
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      return { input: {}, invalid: 'The arguments must be a JSON object' }
    }
    if (!isStorable(input)) {
      return {
        input: {},
        invalid: 'The arguments hold characters that are not text (NUL or half a character)',
      }
    }
    // An object that JSON.parse has made holds JSON values only.
    return { input: input as { [key: string]: Json } }
  } catch (error) {
    return { input: {}, invalid: `The arguments are not valid JSON: ${reasonOf(error)}` }
  }
}

/** jsonb refuses NUL and lone surrogates. Stringifying writes both, and nothing else, as these escapes. */
function isStorable(input: object): boolean {
  return !/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(JSON.stringify(input))
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** What every provider accepts as a tool's name; a name outside it would be refused in all later requests. */
export function safeToolName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64) || 'unnamed_tool'
}
