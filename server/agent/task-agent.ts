import type { ModelSettings } from '../model-settings.ts'
import { type Agent, defineAgent } from './agent.ts'
import { taskInstructions } from './instructions.ts'
import { createModel, providerOptionsFor } from './models.ts'
import { taskTools } from './task-tools.ts'

/** The agent that runs when nobody brings another. */
export const createTaskAgent = async (settings: ModelSettings): Promise<Agent> =>
  defineAgent({
    model: await createModel(settings),
    providerOptions: providerOptionsFor(settings.spec),
    tools: taskTools,
    instructions: taskInstructions,
  })
