import type { LanguageModelV4, SharedV4ProviderOptions } from '@ai-sdk/provider'
import type { AuthenticatedUser } from '../auth/authenticated-user.ts'
import { parseModelSpec } from '../model-settings.ts'
import type { TurnContext } from '../store/turns.ts'
import { AgentMistake } from './agent-mistake.ts'
import type { Tool } from './tool.ts'

/** The user and conversation being answered: all that an agent may depend on. The same for every attempt of a turn. */
export interface Occasion {
  readonly user: AuthenticatedUser
  /** Undefined outside conversations: over MCP. */
  readonly conversation: { readonly id: string } | undefined
  /** `now`: ISO 8601 in UTC; `time_zone`: an IANA name; `locale`: BCP 47. */
  readonly context: Readonly<Pick<TurnContext, 'now' | 'time_zone' | 'locale'>>
}

/** One value for everyone, or a function that makes it for each turn. */
export type ForOccasion<Value> = Value | ((occasion: Occasion) => Value | Promise<Value>)

/** `openai/…`, `anthropic/…`, `openrouter/…` or `compatible/…`, with keys from the settings; or any AI SDK 7 model. */
export type ModelChoice = string | LanguageModelV4

/** An agent: a model, its instructions, and the tools it may use. */
export interface Agent {
  /** Undefined: the model of the setting MODEL. */
  readonly model?: ForOccasion<ModelChoice>
  /** Sent with every call of the model. */
  readonly providerOptions?: SharedV4ProviderOptions
  /** Token limit of the context; undefined: the setting CONTEXT_TOKENS, or else by the model. */
  readonly contextTokens?: number
  readonly tools: ForOccasion<readonly Tool[]>
  readonly instructions: ForOccasion<string>
  /** The folder of SQL files that create its own tables, relative to its module. */
  readonly migrations?: string | URL
  /** Describes its tools to other assistants, over MCP. */
  readonly introduction?: string
}

const agents = new WeakSet<object>()

/** Throws on mistakes that can be detected without a user. */
export function defineAgent(definition: Omit<Agent, 'tools'> & Partial<Pick<Agent, 'tools'>>): Agent {
  const { model, instructions, contextTokens, tools = [] } = definition
  if (typeof instructions !== 'string' && typeof instructions !== 'function')
    throw new AgentMistake('The instructions must be a text or a function that gives one')
  if (contextTokens !== undefined && !(Number.isInteger(contextTokens) && contextTokens > 0))
    throw new AgentMistake('contextTokens must be a whole number above 0')
  if (typeof tools !== 'function') checkTools(tools)
  if (model !== undefined && typeof model !== 'function') checkModelChoice(model)
  const agent = Object.freeze({ ...definition, tools })
  agents.add(agent)
  return agent
}

export const isAgent = (value: unknown): value is Agent =>
  typeof value === 'object' && value !== null && agents.has(value)

export function checkTools(tools: readonly Tool[]): void {
  if (!Array.isArray(tools)) throw new AgentMistake('The tools must be an array of defineTool(…)')
  const names = new Set<string>()
  for (const tool of tools) {
    if (typeof tool?.needsApproval !== 'function')
      throw new AgentMistake('Each tool must be made by defineTool(…)')
    if (names.has(tool.name)) throw new AgentMistake(`Two tools have the name ${tool.name}`)
    names.add(tool.name)
  }
}

export function checkModelChoice(model: ModelChoice): void {
  if (typeof model === 'string') {
    if (!parseModelSpec(model))
      throw new AgentMistake(
        `The model "${model}" must be openai/<id>, anthropic/<id>, openrouter/<id> or compatible/<id>`,
      )
  } else if (model?.specificationVersion !== 'v4') {
    throw new AgentMistake('The model must be a text such as openai/<id>, or a model of the AI SDK 7 (v4)')
  }
}
