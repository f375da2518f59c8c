import type { LanguageModelV4, LanguageModelV4FunctionTool, SharedV4ProviderOptions } from '@ai-sdk/provider'
import { checkModelSettings, type ModelSettings } from '../model-settings.ts'
import {
  type Agent,
  checkModelChoice,
  checkTools,
  type ForOccasion,
  type ModelChoice,
  type Occasion,
} from './agent.ts'
import { AgentMistake } from './agent-mistake.ts'
import { contextTokensOf } from './context-tokens.ts'
import { createModel, providerOptionsFor } from './models.ts'
import { functionToolOf, type Tool } from './tool.ts'

export type Tools = ReadonlyMap<string, Tool>

/** An agent prepared for one occasion, the same for all steps of a turn. */
export interface PreparedAgent {
  readonly model: LanguageModelV4
  /** Token limit of the model's context; null: none. */
  readonly contextTokens: number | null
  readonly providerOptions: SharedV4ProviderOptions
  readonly tools: Tools
  /** The same tools as described to models. */
  readonly functionTools: LanguageModelV4FunctionTool[]
  readonly instructions: string
}

/** Tools of other servers, which may come and go; none of its functions throws. */
export interface ToolSource extends AsyncDisposable {
  list(): Promise<readonly Tool[]>
  /** Called for a tool whose name is already taken. */
  leaveOut(tool: Tool): void
}

/** An agent with everything it needs to answer. */
export interface WorkingAgent {
  readonly introduction: string | undefined
  prepare(occasion: Occasion): Promise<PreparedAgent>
  /** Its tools and those of other servers, without preparing the rest. */
  toolsFor(occasion: Occasion): Promise<Tools>
  /** Its own tools only. */
  ownToolsFor(occasion: Occasion): Promise<readonly Tool[]>
}

/** Throws an AgentMistake when its model is unavailable; a model that depends on the occasion is checked only then. */
export async function putToWork(
  agent: Agent,
  settings: ModelSettings,
  others?: ToolSource,
): Promise<WorkingAgent> {
  const models = new Map<string, Promise<LanguageModelV4>>()
  const providerOptionsOf = (choice: ModelChoice) => ({
    ...(typeof choice === 'string' ? providerOptionsFor(choice) : {}),
    ...agent.providerOptions,
  })
  const modelFor = (choice: ModelChoice) => {
    checkModelChoice(choice)
    if (typeof choice !== 'string') return choice
    const model = models.get(choice) ?? openModel({ ...settings, spec: choice })
    models.set(choice, model)
    return model
  }
  const { model: choice = settings.spec, instructions } = agent
  if (typeof choice !== 'function') await modelFor(choice)

  const ownToolsFor = async (occasion: Occasion) => {
    if (typeof agent.tools !== 'function') return agent.tools
    const tools = await agent.tools(occasion)
    checkTools(tools)
    return tools
  }
  const toolsFor = async (occasion: Occasion) => {
    const tools = new Map((await ownToolsFor(occasion)).map(tool => [tool.name, tool]))
    for (const tool of (await others?.list()) ?? []) {
      if (tools.has(tool.name)) others?.leaveOut(tool)
      else tools.set(tool.name, tool)
    }
    return tools
  }
  return {
    introduction: agent.introduction,
    ownToolsFor,
    toolsFor,
    async prepare(occasion) {
      const chosen = await valueOn(occasion, choice)
      const model = await modelFor(chosen)
      const tools = await toolsFor(occasion)
      return {
        model,
        contextTokens: agent.contextTokens ?? settings.contextTokens ?? contextTokensOf(model),
        providerOptions: providerOptionsOf(chosen),
        tools,
        functionTools: [...tools.values()].map(functionToolOf),
        instructions: textOf(await valueOn(occasion, instructions)),
      }
    },
  }
}

const valueOn = <Value extends string | object>(occasion: Occasion, value: ForOccasion<Value>) =>
  typeof value === 'function' ? value(occasion) : value

function textOf(instructions: unknown): string {
  if (typeof instructions === 'string') return instructions
  throw new AgentMistake('The instructions must be a text')
}

async function openModel(settings: ModelSettings): Promise<LanguageModelV4> {
  const problems = checkModelSettings(settings)
  if (problems.length > 0) throw new AgentMistake(problems.join('\n'))
  return createModel(settings)
}
