import type { LanguageModelV4, LanguageModelV4FunctionTool, SharedV4ProviderOptions } from '@ai-sdk/provider'
import type { TurnContext } from '../store/turns.ts'
import { functionToolOf, type Tool } from './tool.ts'

/** What answers: a model, what it is told, and the tools it may use. */
export interface Agent {
  readonly model: LanguageModelV4
  readonly providerOptions: SharedV4ProviderOptions
  readonly tools: ReadonlyMap<string, Tool>
  /** The same tools as models are told of them. */
  readonly functionTools: LanguageModelV4FunctionTool[]
  readonly instructions: (context: TurnContext) => string
}

export interface AgentDefinition {
  model: LanguageModelV4
  providerOptions?: SharedV4ProviderOptions
  tools: Tool[]
  instructions: (context: TurnContext) => string
}

export function defineAgent({ model, providerOptions = {}, tools, instructions }: AgentDefinition): Agent {
  return {
    model,
    providerOptions,
    tools: new Map(tools.map(tool => [tool.name, tool])),
    functionTools: tools.map(functionToolOf),
    instructions,
  }
}
