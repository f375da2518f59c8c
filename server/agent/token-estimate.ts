import type {
  LanguageModelV4FunctionTool,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
} from '@ai-sdk/provider'

/**
 * Estimates a text's tokens without a model's tokenizer. Latin script has about four letters per token, other alphabets
 * about two, since vocabularies hold fewer of their words; ideographs, kana and hangul one each.
 */
export function textTokens(text: string): number {
  let quarters = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    quarters += unit < 0x02_50 ? 1 : unit < 0x2e_80 ? 2 : 4
  }
  return Math.ceil(quarters / 4)
}

/** Tokens that providers add around each message and each call. */
const overhead = 4

export function messageTokens({ content }: LanguageModelV4Message): number {
  if (typeof content === 'string') return overhead + textTokens(content)
  return content.reduce((sum, part) => sum + partTokens(part), overhead)
}

type ContentPart = Exclude<LanguageModelV4Message['content'], string>[number]

function partTokens(part: ContentPart): number {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return textTokens(part.text)
    case 'tool-call':
      return overhead + textTokens(part.toolName) + jsonTokens(part.input)
    case 'tool-result':
      return overhead + jsonTokens(part.output)
    default:
      return overhead
  }
}

/** JSON's punctuation and digits have fewer characters per token than letters. */
const jsonTokens = (value: unknown) => Math.ceil(textTokens(JSON.stringify(value) ?? '') * 1.2)

export const promptTokens = (prompt: LanguageModelV4Prompt): number =>
  prompt.reduce((sum, message) => sum + messageTokens(message), 0)

const known = new WeakMap<LanguageModelV4FunctionTool, number>()

export function toolsTokens(tools: readonly LanguageModelV4FunctionTool[]): number {
  return tools.reduce((sum, tool) => sum + toolTokens(tool), 0)
}

function toolTokens(tool: LanguageModelV4FunctionTool): number {
  const tokens = known.get(tool) ?? overhead + jsonTokens(tool)
  known.set(tool, tokens)
  return tokens
}
