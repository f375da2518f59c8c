import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider'

type ToolMessage = Extract<LanguageModelV4Message, { role: 'tool' }>
type ToolOutput = Extract<ToolMessage['content'][number], { type: 'tool-result' }>['output']

/** What stands between these is data, as the instructions say. */
export const dataBegins = '<data>'
export const dataEnds = '</data>'

/**
 * What tools have found is someone's text: titles, descriptions, whole documents. It goes to the model as JSON between
 * marks that cannot occur in it, since every angle bracket within is written as JSON's escape.
 */
export function markData(prompt: LanguageModelV4Prompt): LanguageModelV4Prompt {
  return prompt.map(message => {
    if (message.role !== 'tool') return message
    const content = message.content.map(part =>
      part.type === 'tool-result' ? { ...part, output: marked(part.output) } : part,
    )
    return { ...message, content }
  })
}

function marked(output: ToolOutput): ToolOutput {
  if (output.type === 'json') return { type: 'text', value: asData(output.value) }
  if (output.type === 'error-json') return { type: 'error-text', value: asData(output.value) }
  return output // our own words
}

const escapes: Record<string, string> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

/** As JSON between the marks, which cannot occur in it. */
export const asData = (value: unknown): string =>
  `${dataBegins}${(JSON.stringify(value) ?? 'null').replace(/[<>\u2028\u2029]/g, found => escapes[found] ?? '')}${dataEnds}`
