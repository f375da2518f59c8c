import type { Json } from '../turns/event.ts'

type Input = { input: { [key: string]: Json }; invalid?: string }

/** The arguments as the model wrote them. What cannot be taken becomes `{}` and a reason for the model. */
export function parseToolInput(text: string): Input {
  if (text.trim() === '') return { input: {} }
  try {
    return checkToolInput(JSON.parse(text))
  } catch (error) {
    return { input: {}, invalid: `The arguments are not valid JSON: ${reasonOf(error)}` }
  }
}

/**
 * What JSON.parse has made, if the tools and the database can take it: a call is stored and sent back to the provider, and
 * both accept objects only.
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
    // An object that JSON.parse has made holds JSON values only.
    return { input: input as { [key: string]: Json } }
  } catch {
    return { input: {}, invalid: 'The arguments are nested too deeply' }
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
