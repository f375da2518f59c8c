import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider'

type ToolMessage = Extract<LanguageModelV4Message, { role: 'tool' }>
type ToolOutput = Extract<ToolMessage['content'][number], { type: 'tool-result' }>['output']

/** Text between these marks is data, as the instructions say. */
export const dataBegins = '<data>'
export const dataEnds = '</data>'

/**
 * Tool results contain other people's text: titles, descriptions, whole documents. The model receives them as JSON
 * between marks that cannot occur inside, since every angle bracket is written as a JSON escape.
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
  return output // our own text
}

const escapes: Record<string, string> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

/** JSON between the marks, which cannot occur in it. */
export const asData = (value: unknown): string =>
  `${dataBegins}${(JSON.stringify(value) ?? 'null').replace(/[<>\u2028\u2029]/g, found => escapes[found] ?? '')}${dataEnds}`
