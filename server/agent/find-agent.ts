import type { Config } from '../config.ts'
import type { Agent } from './agent.ts'
import { AgentMistake } from './agent-mistake.ts'
import { loadAgent } from './agent-module.ts'
import { createTaskAgent } from './task-agent.ts'

/** The agent that the settings name. */
export async function findAgent({ agent: path, model }: Pick<Config, 'agent' | 'model'>): Promise<Agent> {
  if (path === undefined) return createTaskAgent()
  const agent = await loadAgent(path)
  if ((agent.model ?? model.spec) === 'offline')
    throw new AgentMistake(
      'The agent would have the built-in model, which knows tasks only: name a model in it, or set MODEL',
    )
  return agent
}
